"""Mixture density networks: values by hand, underflow, the exact truth, sampling, and every shape comment."""

import math

import pytest
import torch

from models.generative import mixture_density as mdn
from models.seeding import generator, normal
from tests.shape_comments import check_fields, shapes_checked

P, K, H = 7, 3, 9


def test_one_component_by_hand() -> None:
    log_n = mdn.log_normal(torch.tensor([3.0]), torch.tensor([[1.0]]), torch.tensor([[2.0]]))
    assert log_n.item() == pytest.approx(-0.5 - math.log(2) - math.log(2 * math.pi) / 2)
    assert mdn.log_mixture(torch.zeros(1, 1), log_n).item() == pytest.approx(log_n.item())


def test_both_sums_agree_until_the_plain_one_underflows() -> None:
    log_pi = torch.full((1, 2), 0.5).log()
    for deviations, equal in ((3.0, True), (12.0, True), (15.0, False)):
        log_n = mdn.log_normal(torch.tensor([deviations]), torch.zeros(1, 2), torch.ones(1, 2))
        plain, stable = mdn.log_plain_sum(log_pi, log_n), mdn.log_mixture(log_pi, log_n)
        assert torch.isfinite(stable).all()
        assert torch.allclose(plain, stable, rtol=1e-3) is equal
        assert torch.isinf(plain).item() is not equal


def test_the_gradient_of_an_underflowed_sum_is_no_number() -> None:
    mu = torch.zeros(1, 2, requires_grad=True)
    log_n = mdn.log_normal(torch.tensor([20.0]), mu, torch.ones(1, 2))
    mdn.log_plain_sum(torch.full((1, 2), 0.5).log(), log_n).backward()
    assert torch.isnan(mu.grad).any()


def test_the_mean_is_weighted() -> None:
    assert mdn.mixture_mean(torch.tensor([[0.25, 0.75]]).log(), torch.tensor([[4.0, 0.0]])).item() == pytest.approx(1)


def test_three_answers_in_the_middle() -> None:
    y = torch.linspace(0, 1, 2001)
    assert mdn.bent_curve(torch.tensor([0.0, 0.5, 1.0])).tolist() == pytest.approx([0, 0.5, 1], abs=1e-6)
    assert ((mdn.bent_curve(y) - 0.5001).sign().diff() != 0).sum() == 3


@pytest.mark.parametrize("x", [0.1, 0.5, 0.9])
def test_the_true_density_integrates_to_one(x: float) -> None:
    y = (torch.arange(4000) + 0.5) / 4000
    total = mdn.true_density(torch.full((4000, 1), x), y).exp().mean().item()
    assert total == pytest.approx(1, abs=0.002)


def test_no_density_has_a_lower_loss_than_the_true_one() -> None:
    x, y = mdn.inverse_points(4000, generator(0))
    model = mdn.drawn_network(K, H, 0)
    _, trace = model(x)
    ours = -mdn.log_mixture(trace.log_pi, mdn.log_normal(y, trace.mu, trace.sigma)).mean()
    assert -mdn.true_density(x, y).mean() < ours
    assert mdn.near_a_branch(x, y).float().mean().item() == pytest.approx(0.954, abs=0.015)


def test_samples_have_the_mean_of_the_mixture() -> None:
    trace = mdn.MixtureTrace(torch.tensor([[0.2, 0.8]]).log(), torch.tensor([[5.0, 0.0]]), torch.full((1, 2), 0.1))
    many = mdn.MixtureTrace(*(part.expand(20_000, -1) for part in trace))
    found = mdn.sampled(many, generator(0))
    assert found.mean().item() == pytest.approx(1, abs=0.06)
    assert (found > 2.5).float().mean().item() == pytest.approx(0.2, abs=0.01)
    broken = mdn.MixtureTrace(*(part * torch.nan for part in trace))
    assert torch.isnan(mdn.sampled(broken, generator(0))).all()


def test_a_network_starts_as_it_is_told() -> None:
    _, trace = mdn.drawn_network(4, H, 0, spread=2.0, width=0.3)(normal(P, 1, seed=0))
    torch.testing.assert_close(trace.mu.mean(0), torch.tensor([0.25, 0.75, 1.25, 1.75]), atol=0.2, rtol=0)
    torch.testing.assert_close(trace.sigma, torch.full((P, 4), 0.3), atol=0.06, rtol=0)


def test_shape_comments_are_true() -> None:
    with shapes_checked(mdn) as watch:
        x, y = mdn.inverse_points(P, generator(0))
        _, trace = mdn.drawn_network(K, H, 0)(x)
        mdn.true_density(x, y, 50)
        mdn.sampled(trace, generator(0))
    assert check_fields(trace, P=P, K=K) == 3
    assert watch.reached
    assert not watch.unreached()
