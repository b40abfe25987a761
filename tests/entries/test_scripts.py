"""The script that a page hands out prints the numbers of that page."""

import io
from contextlib import redirect_stdout

import pytest

from app.experiments import experiment
from app.export.script import script
from glossary import reader
from glossary.schema import Entry
from tests.entries.evidence import runs_of


@pytest.mark.parametrize("entry", reader.entries().values(), ids=lambda entry: entry.slug)
def test_every_script_is_short_and_prints_the_numbers_of_its_page(entry: Entry) -> None:
    """In this process; that a script needs nothing but the packages is tested in tests/app.

    It runs the page's own way and draws every moment of a training, and the same seed gives the same numbers.
    """
    text = script(entry, experiment(entry.live.experiment).controls(**entry.live.preset))
    assert len(text.splitlines()) <= 80
    with redirect_stdout(io.StringIO()) as printed:
        exec(compile(text, entry.slug, "exec"), {"__name__": "__main__"})
    numbers = [f"{name} = {float(value)!r}" for name, value in runs_of(entry.slug)().metrics.items()]
    assert printed.getvalue().splitlines() == numbers + [f"held   {claim.says}" for claim in entry.live.claims]
