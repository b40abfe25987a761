"""Bundles of paths: their traces, gaps between the paths, and markers at the ends."""

import numpy as np

from visualizers.path_bundles import broken, path_bundles
from visualizers.theme import SERIES


def test_paths_are_apart_and_end_in_a_marker():
    rng = np.random.default_rng(0)
    paths = rng.normal(size=(3, 4, 2))
    line = broken(paths)
    assert line.shape == (15, 2)
    assert np.isnan(line[4::5]).all()
    assert np.isfinite(np.delete(line, slice(4, None, 5), axis=0)).all()
    drawn = path_bundles(
        ("real", rng.normal(size=(5, 2))),
        {"one": paths, "other": paths + 1},
        colours={"one": SERIES[0], "other": SERIES[1]},
        x_title="x",
        y_title="y",
    )
    assert [each.name for each in drawn.data] == ["real", "one", "ends of one", "other", "ends of other"]
    traces = {each.name: each for each in drawn.data}
    np.testing.assert_allclose(traces["ends of other"].x, paths[:, -1, 0] + 1, rtol=1e-6)
    assert traces["ends of one"].marker.symbol != traces["ends of other"].marker.symbol
