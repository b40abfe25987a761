"""The membrane's trace and a formula's curve with dots: what stands where."""

import numpy as np

from visualizers.measured_on_curve import measured_on_curve
from visualizers.membrane import membrane


def test_spikes_stand_on_the_threshold_and_nowhere_else() -> None:
    voltage, spikes = np.array([0.4, 1.1, 0.2, 1.3]), np.array([0, 1, 0, 1])
    drawn = membrane(np.arange(1, 5), voltage, np.full(4, 1.6), spikes, threshold=1.0, top=2.0)
    by_name = {trace.name: trace for trace in drawn.data}
    assert list(by_name) == ["current", "voltage", "spikes"]
    np.testing.assert_array_equal(np.isfinite(by_name["spikes"].y), spikes > 0)
    assert np.nanmax(by_name["spikes"].y) == 1.0
    assert [note.text for note in drawn.layout.annotations] == ["threshold", "current"]


def test_a_current_at_the_threshold_is_not_written_over_it() -> None:
    drawn = membrane(np.arange(1, 3), np.zeros(2), np.full(2, 1.01), np.zeros(2), threshold=1.0, top=2.0)
    assert [note.text for note in drawn.layout.annotations] == ["threshold"]


def test_the_curve_and_the_dots_are_as_given() -> None:
    x, y = np.linspace(0, 4, 5), np.arange(5.0)
    drawn = measured_on_curve((x, y), (x[1:3], y[1:3] - 0.1), x_title="current", y_top=5.0, shown=2.0)
    assert [trace.name for trace in drawn.data] == ["formula", "measured"]
    np.testing.assert_allclose(drawn.data[1].y, y[1:3] - 0.1, rtol=1e-6)
