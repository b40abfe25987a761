"""Two figures of one kind get ranges that hold both; what is not the same quantity is left alone."""

import numpy as np
import plotly.graph_objects as go
import pytest

from visualizers.curve import curves
from visualizers.matrix import heatmap, tiles
from visualizers.shared_scales import PAD, shared_scales
from visualizers.stepped import stepped
from visualizers.theme import figure


def lines(top: float, **layout: object) -> go.Figure:
    return figure([go.Scatter(x=[0, 10], y=[0, top], mode="lines")], x="tokens", **layout)


def test_axes_widen_to_hold_both() -> None:
    shared = shared_scales(lines(1.0), lines(4.0))
    assert shared is not None
    assert shared["layout"]["yaxis"]["range"] == [0.0, pytest.approx(4 * (1 + PAD))]
    assert shared["layout"]["xaxis"]["range"][0] == 0.0


def test_given_ranges_are_joined_and_a_falling_axis_keeps_falling() -> None:
    left, right = lines(1.0, y_range=(0, 1)), lines(1.0, y_range=(-2, 0.5))
    assert shared_scales(left, right)["layout"]["yaxis"]["range"] == [-2.0, 1.0]  # type: ignore[index]
    for plot, low in ((left, 3), (right, 5)):
        plot.update_yaxes(range=[low, 0])
    assert shared_scales(left, right)["layout"]["yaxis"]["range"] == [5.0, 0.0]  # type: ignore[index]


def test_frames_count_too() -> None:
    still, moving = lines(1.0), lines(1.0)
    moving.frames = [go.Frame(data=[go.Scatter(y=[0, 9])], traces=[0])]
    assert shared_scales(still, moving)["layout"]["yaxis"]["range"][1] >= 9  # type: ignore[index]


def test_a_logarithmic_axis_is_joined_in_powers() -> None:
    small, large = lines(10.0, yaxis_type="log"), lines(1000.0, yaxis_type="log")
    assert shared_scales(small, large)["layout"]["yaxis"]["range"][1] == pytest.approx(3, abs=0.2)  # type: ignore[index]


@pytest.mark.parametrize(
    "other",
    [
        figure([go.Scatter(x=[0, 1], y=[0, 1])], x="seconds"),
        lines(1.0, xaxis_type="log", yaxis_visible=False),
        lines(1.0, meta={"fold": {}}),
    ],
)
def test_another_quantity_is_left_alone(other: go.Figure) -> None:
    shared = shared_scales(lines(1.0), other)
    assert shared is None or "xaxis" not in shared["layout"]


def test_a_matrix_shares_its_colours_and_not_the_words_at_its_edges() -> None:
    left = heatmap(np.full((2, 2), 0.5), rows=["a", "b"], columns=["a", "b"])
    right = heatmap(np.full((2, 2), 3.0), rows=["c", "d"], columns=["c", "d"])
    shared = shared_scales(left, right)
    assert shared is not None
    assert shared["layout"] == {}
    assert shared["traces"] == [{"zmin": 0.0, "zmax": 3.0}]


def test_tiles_of_another_size_keep_their_places() -> None:
    sheets = [tiles(np.zeros((2, 2, n, n)), row_labels=["L0", "L1"], column_labels=["0", "1"]) for n in (4, 6)]
    assert shared_scales(*sheets)["layout"] == {}  # type: ignore[index]


def test_bars_start_from_zero() -> None:
    plots = [figure([go.Bar(x=[0, 1], y=[5.0, top])], x="expert") for top in (6.0, 9.0)]
    assert shared_scales(*plots)["layout"]["yaxis"]["range"][0] == 0.0  # type: ignore[index]


def test_a_drawing_function_of_ours_gets_shared_axes() -> None:
    x = np.arange(5.0)
    plots = [curves(x, {"a": x * factor}, x_title="x") for factor in (1.0, 2.0)]
    assert shared_scales(*plots)["layout"]["yaxis"]["range"][1] >= 8  # type: ignore[index]


def test_frames_that_were_laid_in_unchecked_count_too() -> None:
    def drawn(top: float) -> go.Figure:
        line = figure([go.Scatter(x=[0, 1], y=[0, 1])])
        return stepped(line, ["0", "1"], [[{"y": [0, 1]}], [{"y": [0, top]}]], [0])

    scales = shared_scales(drawn(2.0), drawn(8.0))
    assert scales is not None
    assert scales["layout"]["yaxis"]["range"][1] == pytest.approx(8.4)
