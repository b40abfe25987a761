"""The true reverse step against Bayes' rule on a grid, and against points sampled forwards."""

from itertools import pairwise

import pytest
import torch

from models.generative import exact_reverse, mixtures
from models.generative.diffusion import posterior_mean, posterior_variance
from models.generative.exact_reverse import (
    along,
    density_along,
    exact_step,
    fixed_stride,
    matched_gaussian,
    total_variation,
    undecided_point,
    uneven,
)
from models.generative.mixtures import Mixture
from tests.shape_comments import shapes_checked

MIXTURE = mixtures.two_modes(2.4, 0.8)
LINE = torch.linspace(-5, 5, 2001)
CELL = 10 / 2000


@pytest.mark.parametrize(("a", "b"), [(0.3, 0.35), (0.3, 0.9), (0.05, 1.0)])
def test_the_step_back_is_bayes_rule(a, b):
    """In one dimension: p(x_s | x_t) ∝ p(x_s) N(x_t; √(a/b) x_s, 1 − a/b)."""
    one = along(MIXTURE)
    x = torch.tensor([0.2])
    prior = mixtures.log_density(mixtures.noised(one, b), LINE[:, None])
    log = prior - (x - (a / b) ** 0.5 * LINE) ** 2 / (2 * (1 - a / b))
    expected = log.softmax(0) / CELL
    torch.testing.assert_close(density_along(exact_step(one, x, a, b), LINE), expected, rtol=1e-3, atol=1e-4)


def test_for_data_that_are_one_point_it_is_the_gaussian_of_ddpm():
    x0, x, a, b = torch.tensor([0.7, -0.4]), torch.tensor([0.1, 0.3]), 0.3, 0.6
    point = Mixture(torch.ones(1), x0[None], torch.zeros(1))
    step = exact_step(point, x, a, b)
    torch.testing.assert_close(step.means[0], posterior_mean(x, x0, a, b))
    assert step.variances.item() == pytest.approx(posterior_variance(a, b))


def test_matched_gaussian_and_distance():
    two = Mixture(torch.tensor([0.5, 0.5]), torch.tensor([[-2.0], [2.0]]), torch.tensor([0.1, 0.1]))
    one = matched_gaussian(two)
    assert one.means.item() == 0
    assert one.variances.item() == pytest.approx(4.1)
    p = density_along(two, LINE)
    assert total_variation(p, p, CELL) == 0
    assert 0.4 < total_variation(p, density_along(one, LINE), CELL) < 1
    far = [density_along(Mixture(torch.ones(1), torch.tensor([[m]]), torch.tensor([0.01])), LINE) for m in (-3.0, 3.0)]
    assert total_variation(*far, CELL).item() == pytest.approx(1, abs=1e-3)


def test_the_undecided_point_has_half_of_each_mode():
    for a in (0.9, 0.3):
        x = torch.tensor([[undecided_point(2.4, 0.8, 0.09, a), 0.0]])
        assert mixtures.responsibilities(mixtures.noised(MIXTURE, a), x)[0, 0].item() == pytest.approx(0.5, abs=1e-4)


def test_times_fall_to_the_data_and_the_mistake_is_none_for_even_spacing():
    assert uneven(100, 10) == [100, 81, 64, 49, 36, 25, 16, 9, 4, 1, 0]
    for steps in (5, 20, 50, 100):
        times = uneven(100, steps)
        assert all(t > s for t, s in pairwise(times))
        assert (times[0], times[-1]) == (100, 0)
    assert fixed_stride([100, 75, 50, 25, 0]) == [75, 50, 25, 0]
    assert fixed_stride([100, 25, 0]) == [50, 0]


def test_shape_comments():
    with shapes_checked(exact_reverse, D=1) as watch:
        matched_gaussian(along(MIXTURE))
    assert watch.reached
    assert not watch.unreached()
