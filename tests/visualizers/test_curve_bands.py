import numpy as np

from visualizers.curve_bands import Band, band_widths, curve_bands

X = np.linspace(-1, 1, 5)
BANDS = {"ours": Band(X, 0 * X + 0.5), "theirs": Band(-X, 0 * X + 0.25)}


def test_the_first_band_is_filled_and_the_others_have_edges() -> None:
    drawn = curve_bands(
        X, BANDS, points=np.zeros((3, 2)), truth=X**2, single=np.ones((4, 5)), stretches=[(-0.5, 0)], y_range=(-2, 2)
    )
    traces = {trace.name: trace for trace in drawn.data}
    assert len(traces) == len(drawn.data) == 8
    assert traces["ours, band"].fill == "toself"
    assert traces["ours, band"].y[0] == X[0] - 0.5
    assert traces["ours, band"].y[-1] == X[0] + 0.5
    assert list(traces["theirs, upper edge"].y) == list(-X + 0.25)
    assert list(traces["theirs"].y) == list(-X)
    assert len(traces["single curves"].x) == 4 * 6
    assert np.isnan(traces["single curves"].y[5])
    assert drawn.layout.shapes[0].x0 == -0.5


def test_truth_and_single_curves_may_be_left_out() -> None:
    drawn = curve_bands(X, {"ours": BANDS["ours"]}, points=np.zeros((3, 2)), y_range=(-2, 2))
    assert [trace.name for trace in drawn.data] == ["ours, band", "ours", "points"]


def test_widths_have_the_colours_of_their_bands() -> None:
    widths = band_widths(X, {name: band.half for name, band in BANDS.items()}, y_range=(0, 1))
    curves = curve_bands(X, BANDS, points=np.zeros((1, 2)), y_range=(-2, 2))
    colour = {trace.name: trace.line.color for trace in curves.data}
    assert all(trace.line.color == colour[trace.name] for trace in widths.data)
