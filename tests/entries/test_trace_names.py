"""Every trace of every figure has a name of its own, by which sources, tables and exports refer to it."""

import pytest

from glossary import reader
from glossary.schema import Entry
from tests.entries.test_traces import figures_of


@pytest.mark.parametrize("entry", reader.entries().values(), ids=lambda entry: entry.slug)
def test_every_trace_has_a_name_of_its_own(entry: Entry) -> None:
    for key, figure in figures_of(entry).items():
        names = [trace.name for trace in figure.plot.data]
        assert len(names) == 1 or all(names), (key, names)  # the only trace of a figure needs none
        assert len(set(names)) == len(names), (key, names)
