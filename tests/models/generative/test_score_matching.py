"""Score matching: the objectives against each other, against autograd, and by hand."""

import pytest
import torch

from models.generative import mixtures, score_matching
from models.generative.mixtures import Mixture
from models.generative.score_matching import denoising, directions, explicit, implicit, sliced, trace
from models.seeding import generator
from tests.shape_comments import shapes_checked

DATA = mixtures.two_modes(1.5, 0.7, 0.5)
MODEL = mixtures.two_modes(2.0, 0.4, 0.7)


def points(N: int, seed: int = 0) -> torch.Tensor:
    return mixtures.sample(DATA, N, generator(seed))[0]


def test_a_gaussian_by_hand():
    one = Mixture(torch.ones(1), torch.zeros(1, 2), torch.tensor([4.0]))
    x = torch.tensor([[2.0, 0.0]])
    assert implicit(one, x).item() == pytest.approx(0.125 - 0.5)
    assert explicit(one, one._replace(variances=torch.tensor([2.0])), x).item() == pytest.approx(0.125)
    assert denoising(one, torch.zeros(1, 2), x, 2.0).item() == 0


def test_the_trace_is_autograds():
    x = points(5)
    jacobian = torch.func.vmap(torch.func.jacrev(lambda one: mixtures.score(MODEL, one)))(x)
    torch.testing.assert_close(trace(MODEL, x), jacobian.diagonal(dim1=-2, dim2=-1).sum(-1), rtol=1e-4, atol=1e-5)


def test_explicit_and_implicit_differ_by_a_constant_over_models():
    x = points(200_000)
    gaps = [(explicit(m, DATA, x) - implicit(m, x)).mean() for m in (DATA, MODEL, mixtures.two_modes(1.0, 0.5, 1.0))]
    constant = mixtures.score(DATA, x).square().sum(-1).mean() / 2
    for gap in gaps:
        assert gap.item() == pytest.approx(constant.item(), rel=0.03)


def test_denoising_and_explicit_on_noisy_data_differ_by_a_constant():
    x, sigma = points(200_000), 0.6
    noisy = x + sigma * torch.randn(x.shape, generator=generator(9))
    smooth = mixtures.smoothed(DATA, sigma)
    gaps = [(denoising(m, x, noisy, sigma) - explicit(m, smooth, noisy)).mean().item() for m in (smooth, MODEL)]
    assert gaps[0] == pytest.approx(gaps[1], rel=0.03)


def test_slices_have_the_right_mean_and_random_signs_vary_less():
    x = points(1).expand(20_000, 2)
    jacobian = mixtures.score_jacobian(MODEL, x[:1])[0]
    exact = implicit(MODEL, x[:1]).item()
    kinds = ("Rademacher", "Gaussian")
    found = {kind: sliced(MODEL, x, directions(kind, 1, 20_000, 2, generator(3))) for kind in kinds}
    for values in found.values():
        assert values.mean().item() == pytest.approx(exact, abs=0.12)
    off_diagonal = jacobian.square().sum() - jacobian.diagonal().square().sum()
    assert found["Rademacher"].var().item() == pytest.approx(2 * off_diagonal.item(), rel=0.05, abs=1e-6)
    assert found["Gaussian"].var().item() == pytest.approx(2 * jacobian.square().sum().item(), rel=0.08)
    assert found["Rademacher"].var() < found["Gaussian"].var()


def test_shape_comments():
    with shapes_checked(score_matching, M=3, N=4, D=2) as watch:
        sliced(MODEL, points(4), directions("Gaussian", 3, 4, 2, generator(0)))
    assert watch.reached
    assert not watch.unreached()
