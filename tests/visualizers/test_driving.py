"""The car, its road and its cells."""

import numpy as np

from visualizers.driving import COLUMNS, driving, places


def test_cells_stand_in_their_columns_and_synapses_join_them():
    at = places((2, 3, 1, 1))
    assert [int((at[:, 0] == x).sum()) for x in COLUMNS] == [2, 3, 1, 1]
    synapses = np.zeros((7, 7))
    synapses[0, 2], synapses[2, 5], synapses[5, 6] = 1, -1, 1
    line = np.zeros((3, 2))
    drawn = driving(
        [line, line], line, counts=(2, 3, 1, 1), synapses=synapses, potentials=np.zeros(5), sensed=np.ones(2)
    )
    traces = {trace.name: trace for trace in drawn.data}
    assert len(traces["excitatory synapses"].x) == 3 * 2
    assert list(traces["inhibitory synapses"].y[:2]) == [np.float32(at[2, 1]), np.float32(at[5, 1])]
    assert len(traces["cells"].x) == 5
    assert len(traces["road"].x) == 2 * 4
