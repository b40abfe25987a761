"""The catalogue filled up with copies, on which ``make bench`` measures, reads like the real one."""

import json
import subprocess
import sys

from tests.load.filled import filled


def test_a_filled_catalogue_is_read_with_every_copy_in_its_chapter() -> None:
    script = (
        "import json; from glossary import reader; e = reader.entries();"
        "print(json.dumps([len(e), len({x.title for x in e.values()}), e['attention-head-1'].chapter]))"
    )
    with filled(300) as tree:
        said = subprocess.run([sys.executable, "-c", script], cwd=tree, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout) == [300, 300, "attention"]
