"""Routing drawings by their structure: what stands where, what the frames do, what a click sets."""

import re
from typing import Any

import numpy as np
import pytest

from visualizers import theme
from visualizers.buckets import buckets
from visualizers.gates_by_layer import gates_by_layer
from visualizers.loads import histograms, shares_over_time
from visualizers.outcomes import outcomes, over_settings
from visualizers.router import flips, grouped_rows, verdicts
from visualizers.routing import COUNT, assignments
from visualizers.share_bars import share_bars
from visualizers.specialists import harm_by_token, ranked, twin_gates, twin_maps

TOKENS = ["<b>", "in", "Lund", "in"]
T, E, L, K, C, S = len(TOKENS), 3, 2, 2, 4, 5
DICE = np.random.default_rng(0)
CHOSEN = np.array([[0, 1], [2, 1], [0, 2], [1, 0]])
GATES = np.full((T, K), 0.5)
P = DICE.dirichlet(np.ones(E), T).T
JOINT = DICE.dirichlet(np.ones(C * E), S).reshape(S, C, E)
MARKS = DICE.dirichlet(np.ones(E), S)
ROWS = {"gate": {"one": np.array([0, 0.4, 0.6]), "two": np.array([0, 0.3, 0.5])}, "gradient": {"one": np.zeros(3)}}
DRAWINGS = {
    "falling": assignments(TOKENS, CHOSEN, GATES, E),
    "score": gates_by_layer(TOKENS, DICE.random((L, E, T)), DICE.random((L, E)), picked=1, sets="layer"),
    "buckets": buckets(TOKENS, np.array([0, 2, 0, 0]), np.array([0, 0, 1, 2]), P[0], E, room=2),
    "verdicts": verdicts(TOKENS, P, CHOSEN, {"entropy": P[0], "margin": P[1]}, picked=2, sets="token"),
    "rows": grouped_rows(ROWS, x_title="expert"),
    "flips": flips(P[0], P[1], typed_margin=P[0], typed_rate=P[2], middle=P[:2]),
    "histograms": histograms(
        {"a": JOINT, "b": JOINT}, marks={"a": MARKS, "b": MARKS}, mark_label="P", moments=list("01234")
    ),
    "over time": shares_over_time({"a": MARKS, "b": MARKS}, np.arange(S), last=9, x_title="step"),
    "settings": over_settings({"x": P[0], "y": P[1]}, list("abcd"), picked=1, marks={"stated": 2}, x_title="α"),
    "outcomes": outcomes({"x": [1.0, 2.0], "y": [3.0, 4.0]}, ["a", "b"], colours=theme.SERIES[:2]),
    "twins": twin_maps({"a": P, "b": -P}, rows=list("xyz"), column_title="expert", picked=1, sets="expert"),
    "harm": harm_by_token(TOKENS, P[0], P[1] > 0.3),
    "gates": twin_gates({"all": P, "some": np.where(P > 0.3, P, np.nan)}, tokens=TOKENS),
    "ranked": ranked(TOKENS, np.sort(P, axis=0)[::-1], np.argsort(-P, axis=0), P[0], 2, picked=1, sets="token"),
    "shares": share_bars({"part": [0.2, 0.5], "rest": [0.8, 0.5]}, names=["<i>", "b"], ends=["1", "2"], faint=["rest"]),
}


def patches(name: str) -> list[list[dict[str, Any]]]:
    """What each frame changes, in the plain form in which frames are laid in."""
    return [frame._props["data"] for frame in DRAWINGS[name].frames]


@pytest.mark.parametrize("name", DRAWINGS)
def test_colours_come_from_the_palette_and_no_template_travels(name: str) -> None:
    known = {c for value in theme.PALETTE.values() for c in ([value] if isinstance(value, str) else value)}
    assert set(re.findall(r'"(#[0-9a-fA-F]{6})"', DRAWINGS[name].to_json())) <= known
    assert "template" not in DRAWINGS[name].to_plotly_json()["layout"]


@pytest.mark.parametrize("name", ["falling", "score", "verdicts", "harm", "gates", "ranked"])
def test_typed_text_stays_text(name: str) -> None:
    assert DRAWINGS[name].layout.xaxis.ticktext[0] == "&lt;b&gt;"
    assert all("<" not in frame.name for frame in DRAWINGS[name].frames)


def test_the_bars_count_what_has_fallen_so_far() -> None:
    drawn = DRAWINGS["falling"]
    counts = [[int(text or 0) for text in bars["text"]] for bars, *_ in patches("falling")]
    assert counts == [np.bincount(CHOSEN[: t + 1].ravel(), minlength=E).tolist() for t in range(T)]
    assert [len(patch) for patch in patches("falling")] == [3 + K] * T
    even = drawn.layout.shapes[1].y0
    for bars, written, *_ in patches("falling"):
        assert all(at >= top for at, top in zip(written["y"], bars["y"], strict=True))
        assert not any(even - COUNT < at < even - 1e-6 for at in written["y"]), "the dashed line crosses a count"
    assert list(drawn.data[E].text) == patches("falling")[-1][0]["text"]


def test_every_line_ends_in_the_bin_of_its_expert() -> None:
    mouths = list(DRAWINGS["falling"].data[E].x)
    for t, (_, _, _, *lines) in enumerate(patches("falling")):
        assert [line["x"][0] for line in lines] == [t] * K
        assert [line["x"][-1] for line in lines] == pytest.approx([mouths[e] for e in CHOSEN[t]])


def test_a_click_carries_the_layer_or_the_token() -> None:
    grid, _, bars = DRAWINGS["score"].data
    assert [cell[0][0] for cell in grid.customdata] == [0] * (E + 1) + [1] * E  # with the empty row
    assert [place[0] for place in bars.customdata] == [0] * E + [1] * E
    assert {tuple(trace.meta["sets"]) for trace in DRAWINGS["score"].data if trace.meta} == {("layer",)}
    clickable = [trace for trace in DRAWINGS["verdicts"].data if trace.meta]
    assert {tuple(trace.meta["sets"]) for trace in clickable} == {("token",)}
    assert [place[0] for place in clickable[1].customdata] == list(range(T))


def test_only_what_is_exactly_zero_gets_a_ring() -> None:
    rings = [trace for trace in DRAWINGS["rows"].data if trace.type == "scatter"]
    assert [len(trace.x) for trace in rings] == [1, 1, 3]


def test_histograms_step_through_their_moments_on_one_scale() -> None:
    drawn = DRAWINGS["histograms"]
    moments = patches("histograms")
    assert len(moments) == S
    np.testing.assert_allclose(moments[2][C - 1]["y"], JOINT[2, C - 1], rtol=1e-6)
    np.testing.assert_allclose(moments[2][C]["y"], MARKS[2], rtol=1e-6)
    assert drawn.layout.yaxis.range[1] > JOINT.sum(axis=1).max()
    alone = histograms({"a": JOINT[-1:]}, marks={"a": MARKS[-1:]}, mark_label="P", moments=["7"])
    assert not alone.frames


def test_behind_its_room_a_token_is_dropped() -> None:
    _, kept, dropped = patches("buckets")[-1]
    assert kept["text"] == ["&lt;b&gt;", "in", "Lund"]
    assert (dropped["x"], dropped["y"], dropped["text"]) == ([0], [2], ["<b>in</b>"])
    assert not patches("buckets")[0][2]["text"]


def test_twin_maps_colour_by_root_and_tell_the_value() -> None:
    left, right = DRAWINGS["twins"].data
    np.testing.assert_allclose(np.square(left.z), P, rtol=1e-5)
    assert not np.asarray(right.z).any()  # nothing below zero has a colour
    assert left.text[1][2] == f"y: {P[1, 2]:.3g}"
    assert [cell[0] for cell in left.customdata[0]] == list(range(T))
