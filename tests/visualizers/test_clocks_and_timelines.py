import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualizers.clocks import CELL, RADIUS, TALL, clocks
from visualizers.column_markers import column_markers
from visualizers.matrix import heatmap
from visualizers.measured_vs_formula import measured_vs_formula
from visualizers.overlaid import overlaid
from visualizers.progressive_lines import progressive_lines
from visualizers.ranking import ranking
from visualizers.theme import ACCENT, FAILED, INK_2, MARK, SERIES
from visualizers.timeline import timeline


def unit(angle):
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def turning(steps, pairs, lag=0.5):
    angle = np.arange(steps)[:, None] * 10.0 ** -np.linspace(0, 3, pairs)
    return unit(angle + lag), unit(angle)


def drawn_clocks(steps=4, pairs=10, **options):
    first, second = turning(steps, pairs)
    names = [str(i) for i in range(pairs)]
    return clocks(
        first,
        second,
        labels=names,
        hover=names,
        table={"pair": range(len(names))},
        frames=[f"m {i}" for i in range(steps)],
        **options,
    )


def patches(drawn):
    return [frame["data"] for frame in json.loads(drawn.to_json())["frames"]]


def test_every_clock_has_its_two_hands_in_every_frame():
    first, second = turning(4, 10)
    for step, (_, red, blue) in enumerate(patches(drawn_clocks())):
        for hands, drawn in ((second, red), (first, blue)):
            x, y = (np.array(drawn[axis], dtype=float).reshape(10, 3) for axis in "xy")
            assert np.isnan(x[:, 2]).all()
            tips = np.stack([x[:, 1] - x[:, 0], y[:, 1] - y[:, 0]], axis=-1)
            np.testing.assert_allclose(tips, RADIUS * hands[step], atol=1)
        assert (x[:, 0] == (np.arange(10) % 8 + 0.5) * CELL).all()
        assert (y[:8, 0] == 2 * TALL - CELL / 2).all()
        assert (y[8:, 0] == TALL - CELL / 2).all()


@pytest.mark.parametrize(("pairs", "steps"), [(4, 32), (16, 32), (32, 16)])
def test_the_clocks_stay_light_even_where_every_wedge_is_wide(pairs, steps):
    angle = np.arange(steps)[:, None] * np.ones(pairs)
    names = [str(i) for i in range(pairs)]
    drawn = clocks(
        unit(angle + 6),
        unit(angle),
        labels=names,
        hover=names,
        table={"pair": range(len(names))},
        frames=[str(i) for i in range(steps)],
    )
    assert len(drawn.to_json()) < 100_000
    assert len(drawn.frames) == steps


def area(x, y):
    """Of a closed path, with its sign (shoelace)."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    return (x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2


@given(st.floats(0.3, 5.9))
def test_a_wedge_fills_its_sector_and_the_way_between_clocks_fills_nothing(lag):
    first, second = turning(1, 12, lag)
    names = [""] * 12
    drawn = clocks(first, second, labels=names, hover=names, table={"pair": range(len(names))}, frames=["0"])
    wedge = drawn.data[2]
    sector = 12 * (0.86 * RADIUS) ** 2 * lag / 2
    assert area(wedge.x, wedge.y) == pytest.approx(sector, rel=0.06)


def test_the_shorter_way_is_never_more_than_half_a_turn():
    first, second = turning(1, 1, lag=6.0)
    drawn = clocks(first, second, labels=[""], hover=[""], table={"pair": [0]}, frames=["0"], forward=False)
    assert area(drawn.data[2].x, drawn.data[2].y) == pytest.approx(
        -((0.86 * RADIUS) ** 2) * (2 * np.pi - 6) / 2, rel=0.05
    )


def test_only_wide_rows_of_clocks_fold_on_a_phone():
    fold = drawn_clocks().layout.meta["fold"]
    assert (fold["columns"], fold["to"], fold["rows"], fold["after"]) == (8, 4, 2, 3)
    assert "fold" not in drawn_clocks(columns=4).layout.meta


def staircase():
    return timeline(
        np.array([[2, 2, 0], [1, 1, 2]]),
        colours=(MARK, ACCENT, FAILED),
        columns=["<b>", "a"],
        written=["x", "<i>"],
        written_colours=[INK_2, FAILED],
        states=("remembered", "computed", "stale"),
    )


def test_a_timeline_uncovers_one_row_a_frame():
    drawn = staircase()
    assert drawn.data[0].z[0][2] is None
    assert [frame[0]["y"][0] for frame in patches(drawn)] == [0.5, 1.5]
    assert [frame.name for frame in drawn.frames] == ["1", "2"]


def test_typed_words_are_escaped_on_a_timeline():
    drawn = staircase()
    assert drawn.layout.xaxis.ticktext[0] == "&lt;b&gt;"
    assert drawn.data[1].text[1] == "&lt;i&gt;"
    assert list(drawn.data[1].x) == [1.7, 2.7]


def test_growing_points_lie_on_a_line_that_is_whole_from_the_start():
    x, y = np.arange(3.0), np.array([1.0, 2.0, 4.0])
    drawn = progressive_lines(x, {"formula": y}, dots={"measured": y}, x_title="tokens", colours=(SERIES[0], ACCENT))
    assert len(drawn.data[0].x) == 3
    assert len(drawn.frames) == 3
    assert drawn.frames[0].traces == (1,)


def test_lines_that_coincide_are_drawn_broad_and_thin():
    y = np.linspace(1, 0, 9)
    drawn = overlaid({"n = 0": y, "n = 4": y[:5]}, x_title="offset", y_range=(0, 1))
    assert [trace.line.width for trace in drawn.data if trace.mode == "lines"] == [7, 1.4, 2.2]
    apart = overlaid({"n = 0": y, "n = 4": y[:5] + 1}, x_title="offset", y_range=(0, 1), together=False)
    assert [trace.line.width for trace in apart.data if trace.mode == "lines"] == [2.2, 2.2]


def test_a_ranking_marks_the_picked_row_and_a_click_sets_its_key():
    drawn = ranking(
        np.array([3.0, 0.2]),
        np.array([30.0, 40.0]),
        labels=["big · MHA", "<small>"],
        written=["3 GB", "200 MB"],
        keys=["big", "small"],
        x_title="GB",
        marker_name="weights",
        picked=1,
        sets="model",
    )
    assert list(drawn.data[0].marker.color) == [MARK, ACCENT]
    assert drawn.data[0].meta["sets"] == ["model"]
    assert drawn.data[0].customdata[1] == ["small"]
    assert drawn.layout.yaxis.ticktext[1] == "&lt;small&gt; "


def test_measured_vs_formula_draws_the_line_of_equality():
    drawn = measured_vs_formula(
        {"MHA": (np.array([10.0, 100.0]), np.array([10.0, 50.0]))}, x_title="bytes", unit="bytes"
    )
    assert list(drawn.data[0].x) == list(drawn.data[0].y)
    assert drawn.data[1].name == "MHA"


def test_column_markers_frame_the_columns_of_each_step():
    sheet = heatmap(np.zeros((3, 8)), rows=[], columns=[], signed=True)
    drawn = column_markers(sheet, np.array([[0, 2], [1, 3]]), colours=(SERIES[1], ACCENT), frames=["a", "b"], start=1)
    assert min(drawn.data[1].x) == 0.5
    assert max(drawn.data[2].x) == 3.5
    assert patches(drawn)[0][1]["x"][0] == 1.5
