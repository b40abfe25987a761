"""Every drawing wears the palette, carries no template, and shows typed text as text."""

import re
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

from visualizers import theme
from visualizers.curve import curves, mark_x
from visualizers.distribution import bars, grouped_bars
from visualizers.matrix import heatmap, tiles

TOKENS = Path(__file__).parents[2] / "assets" / "css" / "tokens.css"
DRAWINGS = {
    "bars": bars(np.array([0.2, 0.8]), labels=["a", "b"], even=0.5),
    "grouped": grouped_bars({"one": np.ones(2), "two": np.zeros(2)}, labels=["a", "b"]),
    "heatmap": heatmap(np.eye(3), rows=list("abc"), columns=list("xyz")),
    "signed": heatmap(-np.eye(3), rows=list("abc"), columns=list("xyz"), signed=True),
    "tiles": tiles(np.random.default_rng(0).random((2, 3, 4, 4)), row_labels=["0", "1"], column_labels=list("012")),
    "curves": mark_x(curves([1, 2, 3], {"up": np.arange(3.0)}, x_title="steps"), 2, "here"),
}


def hexes(figure: go.Figure) -> set[str]:
    return set(re.findall(r'"(#[0-9a-fA-F]{6})"', figure.to_json()))


@pytest.mark.parametrize("name", DRAWINGS)
def test_colours_come_from_the_palette_so_that_the_page_can_swap_them(name: str) -> None:
    known = {c for value in theme.PALETTE.values() for c in ([value] if isinstance(value, str) else value)}
    assert hexes(DRAWINGS[name]) <= known


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_template_travels(name: str) -> None:
    assert "template" not in DRAWINGS[name].to_plotly_json()["layout"]


def test_the_palette_is_the_light_half_of_the_style_sheet() -> None:
    light = TOKENS.read_text().split(".dark")[0]
    for name, value in theme.PALETTE.items():
        written = re.search(rf"--{name}:\s*([^;]+);", light)
        assert written, name
        plain = re.sub(r"var\((--\w+)\)", lambda part: re.search(rf"{part[1]}:([^;]+);", light)[1], written[1])  # type: ignore[index]
        expected = [value] if isinstance(value, str) else list(value)
        assert [colour.strip() for colour in plain.split(",")] == expected, name


def test_typed_text_is_never_markup() -> None:
    word = '<b onclick="x">&</b>'
    drawn = heatmap(np.eye(2), rows=[word, "b"], columns=["a", word])
    for axis in (drawn.layout.xaxis, drawn.layout.yaxis):
        assert not any("<" in tick for tick in axis.ticktext)
    assert not any("<" in tick for tick in bars(np.ones(1), labels=[word]).layout.xaxis.ticktext)


def test_a_tile_shows_the_value_it_was_given() -> None:
    values = np.zeros((1, 2, 2, 2))
    values[0, 1] = [[1, 0], [0.25, 0]]
    sheet = tiles(values, row_labels=["0"], column_labels=["0", "1"]).data[0].z
    assert sheet.shape == (2, 6)
    assert sheet[:, 4].tolist() == [255, 128]
    assert sheet[:, :4].sum() == 0


def test_clicks_name_their_controls() -> None:
    drawn = tiles(np.zeros((2, 2, 1, 1)), row_labels=["0", "1"], column_labels=["0", "1"], sets=("layer", "head"))
    assert drawn.data[1].meta == {"sets": ["layer", "head"]}
    assert [list(point) for point in drawn.data[1].customdata] == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_a_line_that_ends_early_is_labelled_where_it_ends() -> None:
    drawn = curves([0, 1, 2, 3], {"short": np.array([0, 1, np.nan, np.nan])}, x_title="x")
    assert (drawn.layout.annotations[0].x, drawn.layout.annotations[0].y) == (1, 1)
