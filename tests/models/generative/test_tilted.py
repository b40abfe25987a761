"""Tilted densities against closed forms."""

import pytest
import torch

from models.generative import tilted
from models.generative.mixtures import Mixture, log_density, noise_mean
from models.seeding import normal
from tests.shape_comments import shapes_checked

SPACING = 0.01
GRID = torch.arange(-800, 801, dtype=torch.double) * SPACING
ONE = Mixture(*(torch.tensor(v, dtype=torch.double) for v in ([1.0], [[0.5]], [0.36])))
OTHER = Mixture(*(torch.tensor(v, dtype=torch.double) for v in ([1.0], [[-0.5]], [0.36])))
PAIR = Mixture(*(torch.tensor(v, dtype=torch.double) for v in ([0.3, 0.7], [[-1.0], [1.5]], [0.2, 0.4])))


def on_grid(mixture):
    return log_density(mixture, GRID[:, None])


def test_two_gaussians_of_one_width_tilt_into_a_third():
    """log q is quadratic: precision (1 − s)/v + s/v = 1/v, mean (1 − s) m_all + s m_class."""
    q = tilted.tilted(on_grid(OTHER), on_grid(ONE), 3.0, SPACING)
    assert (q.sum() * SPACING).item() == pytest.approx(1, abs=1e-9)
    mean = (q * GRID).sum() * SPACING
    assert mean.item() == pytest.approx(-2 * -0.5 + 3 * 0.5, abs=1e-6)
    assert ((q * (GRID - mean).square()).sum() * SPACING).item() == pytest.approx(0.36, abs=1e-6)


def test_scale_0_is_all_data_and_scale_1_the_class():
    torch.testing.assert_close(tilted.tilted(on_grid(PAIR), on_grid(ONE), 0.0, SPACING), on_grid(PAIR).exp())
    torch.testing.assert_close(tilted.tilted(on_grid(PAIR), on_grid(ONE), 1.0, SPACING), on_grid(ONE).exp())


@pytest.mark.parametrize("a", [0.05, 0.5, 0.95])
def test_the_noise_of_a_grid_is_that_of_the_mixture_on_it(a):
    x = normal(7, 1, seed=0).double()
    ours = tilted.noise_of_grid(x, GRID, on_grid(PAIR).exp(), a)
    torch.testing.assert_close(ours, noise_mean(PAIR, x, a), atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(tilted.guided_noise(x, PAIR, ONE, 1.0, a), ours, atol=1e-6, rtol=1e-6)


def test_guided_noise_is_not_that_of_the_tilted_density_unless_it_is_one_of_the_two():
    x, a = normal(7, 1, seed=0).double(), 0.5
    q = tilted.tilted(on_grid(PAIR), on_grid(ONE), 3.0, SPACING)
    apart = tilted.guided_noise(x, ONE, PAIR, 3.0, a) - tilted.noise_of_grid(x, GRID, q, a)
    assert apart.abs().max() > 0.3


def test_the_largest_gap_is_found_by_hand():
    density = torch.ones(4)
    assert tilted.largest_gap(torch.tensor([[0.0], [0.0]]), torch.arange(4.0), density).item() == pytest.approx(0.75)
    assert tilted.largest_gap(torch.arange(4.0)[:, None], torch.arange(4.0), density).item() == pytest.approx(0)


def test_shape_comments_are_true():
    with shapes_checked(tilted, P=7, G=len(GRID)) as watch:
        x = normal(7, 1, seed=0).double()
        tilted.noise_of_grid(x, GRID, tilted.tilted(on_grid(PAIR), on_grid(ONE), 2.0, SPACING), 0.5)
        tilted.largest_gap(x, GRID, on_grid(ONE).exp())
    assert watch.reached
    assert not watch.unreached()
