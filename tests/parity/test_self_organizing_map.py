"""Maps equal minisom's: the same start, the same points in the same order, odd sizes."""

import numpy as np
import pytest
import torch
from minisom import MiniSom

from models.competitive.self_organizing_map import (
    Schedule,
    SelfOrganizingMap,
    grid_distances,
    quantisation_error,
)
from models.seeding import generator

pytestmark = pytest.mark.parity


@pytest.mark.parametrize(("rows", "columns", "dimensions"), [(3, 5, 2), (7, 4, 5)])
def test_a_map_of_constant_radius_and_rate_is_minisoms(rows: int, columns: int, dimensions: int) -> None:
    draws = generator(rows)
    points = torch.randn(60, dimensions, generator=draws).double()
    start = torch.randn(rows * columns, dimensions, generator=draws).double()
    theirs = MiniSom(rows, columns, dimensions, sigma=1.3, learning_rate=0.4)
    theirs._learning_rate_decay_function = theirs._sigma_decay_function = lambda value, t, T: value
    theirs._weights = start.view(rows, columns, dimensions).numpy().copy()
    for t, point in enumerate(points.numpy()):
        theirs.update(point, theirs.winner(point), t, len(points))
    schedule = Schedule((1.3, 1.3), (0.4, 0.4))
    ours, _ = SelfOrganizingMap(start, grid_distances(rows, columns), schedule)(points, 1)
    np.testing.assert_allclose(ours.numpy(), theirs._weights.reshape(-1, dimensions), rtol=1e-10, atol=1e-12)
    assert abs(quantisation_error(ours, points).item() - theirs.quantization_error(points.numpy())) < 1e-10
    wider, _ = SelfOrganizingMap(start, grid_distances(rows, columns) / 2, schedule)(points, 1)
    assert not np.allclose(wider.numpy(), theirs._weights.reshape(-1, dimensions), atol=1e-3)  # a slip it would notice
