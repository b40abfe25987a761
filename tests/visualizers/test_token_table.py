"""A table of tokens: a column each, darker where lit, and continued below after some."""

import numpy as np

from visualizers.token_table import token_table


def test_a_column_per_token_and_a_row_per_fact():
    drawn = token_table({"token": ["a", "<b>"], "id": ["1", "2"]}, lit=[False, True])
    cells = drawn.data[0]
    assert cells.name == "values"
    assert np.asarray(cells.z).shape == (2, 2)
    assert np.asarray(cells.z)[0, 1] > np.asarray(cells.z)[0, 0]
    assert [list(row) for row in cells.text] == [["a", "&lt;b&gt;"], ["1", "2"]]


def test_a_long_text_goes_on_below():
    drawn = token_table({"token": list("abcde"), "id": list("12345")}, wrap=3)
    cells = drawn.data[0]
    assert np.asarray(cells.z).shape == (4, 3)
    assert [list(row) for row in cells.text] == [["a", "b", "c"], ["1", "2", "3"], ["d", "e", ""], ["4", "5", ""]]
    assert np.isnan(np.asarray(cells.z, dtype=float)[2:, 2]).all()
    assert list(drawn.layout.yaxis.ticktext) == ["token", "id"] * 2
