"""Every test runs everywhere: what it needs is installed, and what cannot run is no test."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
SKIPS = re.compile(r"importorskip|pytest\.skip|mark\.(skip|skipif|xfail)|unittest\.skip")


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    found = {path.name for path in TESTS.rglob("*.py") if SKIPS.search(path.read_text(encoding="utf-8"))}
    assert found == {Path(__file__).name}
