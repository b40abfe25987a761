"""Every shape comment of the Hopfield networks and of their patterns, executed."""

import torch

from models.data import binary_patterns
from models.energy import hopfield
from models.seeding import generator
from tests.shape_comments import shapes_checked

N, K = 64, 5


def test_patterns() -> None:
    with shapes_checked(binary_patterns, N=N, G=3) as watch:
        binary_patterns.clustered_patterns(K, N, 2, 1, generator(0))
    assert watch.reached
    assert not watch.unreached()


def test_hopfield() -> None:
    order = torch.arange(N)
    with shapes_checked(hopfield, N=N, T=N) as watch:
        patterns = binary_patterns.random_patterns(3, K, N, draws=generator(0))
        network = hopfield.Hopfield(hopfield.hebbian_weights(patterns))
        network(patterns[:, 0], order)
        _, trace = hopfield.Hopfield(network.weights[0])(patterns[0, 0], order)
        hopfield.states_along(patterns[0, 0], order, trace.changed)
    assert watch.reached
    assert not watch.unreached()
