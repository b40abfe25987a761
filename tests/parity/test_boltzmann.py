"""The restricted Boltzmann machine against scikit-learn's, in float64 at odd sizes with re-drawn weights."""

import numpy as np
import pytest
import torch
from sklearn.neural_network import BernoulliRBM

from models.energy.restricted_boltzmann import free_energy, hidden_given_visible, visible_given_hidden
from models.seeding import generator

pytestmark = pytest.mark.parity

B, D, M = 7, 11, 5


class Threshold:
    """A source of chance that always says the same number."""

    def __init__(self, value: float) -> None:
        self.value = value

    def uniform(self, size: tuple[int, ...]) -> np.ndarray:
        return np.full(size, self.value)


def drawn() -> tuple[torch.Tensor, ...]:
    draws = generator(0)
    W, b, c = (torch.randn(*shape, generator=draws, dtype=torch.double) for shape in ((D, M), (D,), (M,)))
    v, h = (torch.bernoulli(torch.full((B, n), 0.5, dtype=torch.double), generator=draws) for n in (D, M))
    return W, b, c, v, h


def theirs(W: torch.Tensor, b: torch.Tensor, c: torch.Tensor) -> BernoulliRBM:
    model = BernoulliRBM(n_components=M)
    model.components_, model.intercept_visible_, model.intercept_hidden_ = W.T.numpy(), b.numpy(), c.numpy()
    return model


def test_hidden_units() -> None:
    W, b, c, v, _ = drawn()
    expected = torch.from_numpy(theirs(W, b, c).transform(v.numpy()))
    torch.testing.assert_close(hidden_given_visible(v, W, c), expected)
    assert (hidden_given_visible(v, W, -c) - expected).abs().max() > 0.1  # thresholds taken for biases


def test_free_energy() -> None:
    W, b, c, v, _ = drawn()
    expected = torch.from_numpy(theirs(W, b, c)._free_energy(v.numpy()))
    torch.testing.assert_close(free_energy(v, W, b, c), expected)
    assert (free_energy(v, W, 0 * b, c) - expected).abs().max() > 0.1


@pytest.mark.parametrize("threshold", [0.1, 0.35, 0.5, 0.65, 0.9])
def test_visible_units(threshold: float) -> None:
    W, b, c, _, h = drawn()
    expected = theirs(W, b, c)._sample_visibles(h.numpy(), Threshold(threshold))
    assert np.array_equal((visible_given_hidden(h, W, b) > threshold).numpy(), expected.astype(bool))
    assert not np.array_equal((visible_given_hidden(h, W, -b) > threshold).numpy(), expected.astype(bool))
