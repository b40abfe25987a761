"""Every trace of every figure has a name of its own, and numbers are written in one way."""

import re

import numpy as np
import pytest

from app.web.panels.prose import COLOUR_KEY
from glossary import reader
from glossary.schema import Entry
from tests.entries.test_traces import figures_of
from tests.fingerprints import text_of
from visualizers.colour_key import trace_colour, wears
from visualizers.theme import INK, LEGIBLE

COMMA = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(,\d{3})+(?![\w,])")
"""A number written as 1,024."""


@pytest.mark.parametrize("entry", reader.entries().values(), ids=lambda entry: entry.slug)
def test_every_trace_has_a_name_of_its_own(entry: Entry) -> None:
    for key, figure in figures_of(entry).items():
        names = [trace.name for trace in figure.plot.data]
        assert len(names) == 1 or all(names), (key, names)  # the only trace of a figure needs none
        assert len(set(names)) == len(names), (key, names)


@pytest.mark.parametrize("entry", reader.entries().values(), ids=lambda entry: entry.slug)
def test_a_colour_key_in_a_caption_shows_a_colour_of_its_figure(entry: Entry) -> None:
    for key, figure in figures_of(entry).items():
        for found in COLOUR_KEY.finditer(figure.caption):
            colour = found["colour"] or trace_colour(figure.plot, found["trace"])
            assert wears(figure.plot, colour), (key, found[0])


@pytest.mark.parametrize("entry", reader.entries().values(), ids=lambda entry: entry.slug)
def test_thousands_stand_apart_and_have_no_comma(entry: Entry) -> None:
    """In the entry's own words, in what is said of its figures and in what they write out."""
    told = [text_of(entry)]
    for figure in figures_of(entry).values():
        notes = [note.text or "" for note in figure.plot.layout.annotations]
        names = [str(trace.name or "") for trace in figure.plot.data]
        told += [figure.title, figure.caption, figure.text, *notes, *names]
    assert [found[0] for text in told for found in COMMA.finditer(text)] == []


@pytest.mark.parametrize("entry", reader.entries().values(), ids=lambda entry: entry.slug)
def test_words_in_cells_are_written_by_the_function_that_keeps_them_legible(entry: Entry) -> None:
    for key, figure in figures_of(entry).items():
        for trace in figure.plot.data:
            if trace.type == "heatmap" and trace.texttemplate:
                assert trace.textfont.color == INK, key
                assert np.nanmax(np.abs(trace.z)) * LEGIBLE <= trace.zmax * 1.001, key
