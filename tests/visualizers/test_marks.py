"""Marks and small multiples: where they stand, and that a gap says what it is."""

from itertools import pairwise

import numpy as np
import pytest

from visualizers.colour_key import NoColour, trace_colour
from visualizers.curve import curves
from visualizers.distribution import bars
from visualizers.marks import MOST_LABELS, box, cell_frame, diagonal, left_empty, reference_line
from visualizers.matrix import heatmap
from visualizers.small_multiples import axes, axis_of, side_by_side, stacked, titles_above
from visualizers.theme import ACCENT, clickable, compact, figure


def labels(values: np.ndarray, complete: bool) -> list[tuple[float, float]]:
    names = list(map(str, range(len(values))))
    drawn = heatmap(values, rows=names, columns=names, complete=complete)
    return [(label.y, label.x) for label in drawn.layout.annotations if label.text == "not a number"]


def test_a_cell_that_is_not_a_number_says_so_unless_it_is_left_empty() -> None:
    values = np.eye(9)
    values[2] = np.nan
    values[4, 6:8] = np.inf
    assert labels(values, complete=True) == [(2, 4), (4, 6.5)]
    assert labels(values, complete=False) == []
    values[1:, 0] = np.nan
    assert len(values) - 1 > MOST_LABELS
    assert len(labels(values, complete=True)) == 1
    assert labels(np.full((3, 3), np.nan), complete=True) == [], "the page labels a figure without any number"


def test_what_is_not_finite_goes_out_as_a_gap_and_scales_ignore_it() -> None:
    assert np.isnan(compact([np.inf, -np.inf, np.nan])).all()
    drawn = heatmap(np.array([[0.5, np.inf], [-2.0, np.nan]]), rows=["a", "b"], columns=["c", "d"], signed=True)
    assert drawn.data[0].zmax == 2


def test_a_gap_on_purpose_is_told_to_the_page_beside_what_a_click_sets() -> None:
    trace = left_empty(clickable(bars(np.array([1.0, np.nan]), labels=["a", "b"]).data[0], "head"))
    assert trace.meta == {"sets": ["head"], "gaps": True}
    assert clickable(left_empty(trace), "layer").meta == {"sets": ["layer"], "gaps": True}


@pytest.mark.parametrize("count", [1, 2, 5])
def test_domains_share_the_figure_without_touching(count: int) -> None:
    across, down = side_by_side(count, 0.1), stacked(count, 0.1)
    assert across[0][0] == 0
    assert across[-1][1] == pytest.approx(1)
    assert all(right + 0.1 == pytest.approx(left) for (_, right), (left, _) in pairwise(across))
    assert [1 - top for _, top in down] == pytest.approx([left for left, _ in across])


def test_axes_are_named_as_traces_refer_to_them() -> None:
    assert [axis_of("x", number) for number in (1, 2)] == ["x", "x2"]
    laid = axes("y", stacked(2, 0.2), {"type": "log"}, {"type": "linear"}, nticks=4)
    assert {name: (axis["type"], axis["nticks"]) for name, axis in laid.items()} == {
        "yaxis": ("log", 4),
        "yaxis2": ("linear", 4),
    }
    assert [title["y"] for title in titles_above(["a", "b"], stacked(2, 0.2))] == pytest.approx([1, 0.4])


def test_frames_and_lines_stand_around_cells_and_at_values() -> None:
    assert box(0, 2, 1, 3) == {"x": [0, 2, 2, 0, 0], "y": [1, 1, 3, 3, 1]}
    frame = cell_frame((1, 1), (0, 3))
    assert [frame[end] for end in ("x0", "x1", "y0", "y1")] == [-0.5, 3.5, 0.5, 1.5]
    assert reference_line(x=2)["yref"] == reference_line(y=2)["xref"] == "paper"
    assert list(diagonal(1, 4, "equal").x) == [1, 4]


def test_a_colour_key_takes_the_colour_of_its_trace() -> None:
    drawn = curves([1, 2], {"one": np.ones(2), "two": np.zeros(2)}, x_title="t", colours={"one": ACCENT})
    assert [trace_colour(drawn, name) for name in ("one", "two")] == ["accent", "c2"]
    assert trace_colour(heatmap(np.eye(2), rows=list("ab"), columns=list("cd"), signed=True), "values") == "div"
    for plot, name in ((drawn, "three"), (figure([diagonal(0, 1, "x"), diagonal(0, 1, "x")]), "x")):
        with pytest.raises(NoColour):
            trace_colour(plot, name)
    several = bars(np.ones(2), labels=["a", "b"], colours=[ACCENT, "#000000"])
    with pytest.raises(NoColour):
        trace_colour(several, "values")
