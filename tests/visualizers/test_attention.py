"""Attention drawings by their structure: what stands where, what the frames do, what a click sets."""

import re
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from visualizers import theme
from visualizers.heads import large_map, overview, score_blocks
from visualizers.lookup import STAGES, lookup
from visualizers.tokens import arcs, over, strip, token_bars, token_size
from visualizers.weighted_sum import cosines, weighted_sum

TOKENS = ["<b>", "in", "Lund", "in"]
T, K = len(TOKENS), 3
DICE = np.random.default_rng(0)
MAPS = np.tril(DICE.random((2, 3, T, T)))
MAPS /= MAPS.sum(axis=-1, keepdims=True)
WEIGHTS, VALUES = MAPS[0, 0, -1], DICE.normal(size=(T, K))
DRAWINGS = {
    "overview": overview(MAPS, picked=(1, 2)),
    "large map": large_map(MAPS[0, 0], TOKENS, query=2, sets="query"),
    "score blocks": score_blocks({name: DICE.random((2, 3)) for name in "abc"}, picked=(0, 1)),
    "arcs": arcs(TOKENS, MAPS[0, 0], 2, sets="query"),
    "bars": over(token_bars(TOKENS, {"one": WEIGHTS, "two": WEIGHTS}, query=1, sets="query"), WEIGHTS, "even"),
    "sum": weighted_sum(TOKENS, WEIGHTS, VALUES, WEIGHTS @ VALUES, sets="query"),
    "lookup": lookup(TOKENS, VALUES[0], VALUES, VALUES @ VALUES[0], WEIGHTS, VALUES, WEIGHTS @ VALUES, sets="query"),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_colours_come_from_the_palette_and_no_template_travels(name: str) -> None:
    known = {c for value in theme.PALETTE.values() for c in ([value] if isinstance(value, str) else value)}
    assert set(re.findall(r'"(#[0-9a-fA-F]{6})"', DRAWINGS[name].to_json())) <= known
    assert "template" not in DRAWINGS[name].to_plotly_json()["layout"]


@pytest.mark.parametrize("name", ["large map", "arcs", "bars", "sum", "lookup"])
def test_typed_text_stays_text(name: str) -> None:
    axes = DRAWINGS[name].layout
    labels = [*(axes.xaxis.ticktext or ()), *(axes.yaxis.ticktext or ())]
    assert any("&lt;b&gt;" in label for label in labels)
    assert not any("<b><b>" in label or label == "<b>" for label in labels)


def patches(drawn: go.Figure) -> list[list[dict[str, Any]]]:
    """What each frame changes, a dict a trace."""
    return [frame._props["data"] for frame in drawn.frames]


def sets_of(drawn: go.Figure) -> set[tuple[str | None, ...]]:
    return {tuple(trace.meta["sets"]) for trace in drawn.data if "sets" in (trace.meta or {})}


def test_clicks_set_the_controls_that_they_name() -> None:
    assert sets_of(DRAWINGS["overview"]) == sets_of(DRAWINGS["score blocks"]) == {("layer", "head")}
    for name in ("large map", "sum", "lookup"):
        assert sets_of(DRAWINGS[name]) == {("query", None)}
    assert sets_of(DRAWINGS["arcs"]) == sets_of(DRAWINGS["bars"]) == {("query",)}


def test_a_click_on_a_tile_carries_its_layer_and_head() -> None:
    (cover,) = (trace for trace in DRAWINGS["overview"].data if "sets" in (trace.meta or {}))
    assert [list(pair) for pair in cover.customdata] == [[layer, head] for layer in range(2) for head in range(3)]


def test_the_future_is_empty_and_the_query_framed() -> None:
    drawn = DRAWINGS["large map"]
    z = np.array(drawn.data[0].z)
    assert np.isnan(z[np.triu_indices(T, 1)]).all()
    assert np.isfinite(z[np.tril_indices(T)]).all()
    (frame,) = drawn.layout.shapes
    assert (frame.y0, frame.y1, frame.x1) == (1.5, 2.5, 2.5)


def test_every_block_of_scores_holds_its_scores_and_their_places() -> None:
    scores = {name: DICE.random((2, 3)) for name in "abc"}
    cells = score_blocks(scores, picked=(1, 1)).data[0]
    sheet, places = np.array(cells.z), np.array(cells.customdata)
    for name, block in scores.items():
        found = [(sheet[tuple(at)], *places[tuple(at)]) for at in np.argwhere(np.isfinite(sheet))]
        for layer, head in np.ndindex(2, 3):
            assert any(np.isclose(z, block[layer, head]) and place == [layer, head] for z, *place in found), name


def test_the_sum_grows_to_the_output_frame_by_frame() -> None:
    drawn = DRAWINGS["sum"]
    assert [frame.name for frame in drawn.frames] == [str(s + 1) for s in range(T)]
    for s, (row, _, veil, _) in enumerate(patches(drawn)):
        np.testing.assert_allclose(row["z"][0], WEIGHTS[: s + 1] @ VALUES[: s + 1], atol=1e-6)
        hidden = veil["y"]
        assert (hidden[0] is None) if s == T - 1 else (min(hidden) == s + 0.5)
    np.testing.assert_allclose(drawn.data[4].z[0], WEIGHTS @ VALUES, atol=1e-6)
    assert drawn.data[3].x[-1] == pytest.approx(1)


def test_the_cosine_of_nothing_is_zero() -> None:
    assert cosines(np.zeros((1, 3)), np.ones(3)) == pytest.approx(0)


def test_the_look_up_unveils_one_part_after_the_other() -> None:
    drawn = DRAWINGS["lookup"]
    assert [frame.name for frame in drawn.frames] == list(STAGES)
    shown = [[part["opacity"] for part in stage[1:]] for stage in patches(drawn)]
    assert shown == [[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]
    products = patches(drawn)[1][0]["z"]
    np.testing.assert_allclose(products.sum(axis=1), VALUES @ VALUES[0], atol=1e-5)


def test_an_arc_stands_between_query_and_key_and_widens_with_the_weight() -> None:
    weights = np.zeros((3, 3))
    weights[2, 0], weights[2, 1] = 0.9, 0.1
    thin, thick = arcs(list("abc"), weights, 2).data[:-1]
    assert thick.line.width > thin.line.width
    assert (np.nanmin(thick.x), np.nanmax(thick.x)) == pytest.approx((0, 2))
    assert thick.line.color == theme.ACCENT


def test_more_tokens_smaller_type() -> None:
    assert token_size(10) > token_size(40) >= 8
    assert strip(VALUES, 0, "x", 1.0, "value", name="values").zmin == -1
