"""Losses, steps and gradients of the two players, and the critic’s penalty, against values worked out otherwise."""

import math

import pytest
import torch

from models.generative.adversarial import (
    adam,
    best_discriminator,
    discriminator_loss,
    discriminator_step,
    generator_gradient,
    generator_step,
    non_saturating_loss,
    players,
    pooled_loss,
    saturating_loss,
    side_by_side,
)
from models.generative.wasserstein import (
    between,
    clip_weights,
    distance_estimate,
    estimate_under_penalty,
    gradient_penalty,
    one_sided_penalty,
    slope_norm,
    slope_norm_per_pixel,
    slopes,
)
from models.seeding import generator


def test_losses_are_those_of_probabilities() -> None:
    real, made = torch.tensor([2.0, -1.0, 0.5]).double(), torch.tensor([0.3, -2.0, 1.0]).double()
    d, g = real.sigmoid(), made.sigmoid()
    expected = -d.log().mean() - (1 - g).log().mean()
    assert torch.isclose(discriminator_loss(real, made), expected)
    assert torch.isclose(2 * pooled_loss(real, made), expected), "the same for sets of one size"
    assert torch.isclose(non_saturating_loss(made), -g.log().mean())
    assert torch.isclose(saturating_loss(made), (1 - g).log().mean())
    assert math.isclose(discriminator_loss(torch.zeros(3), torch.zeros(3)).item(), 2 * math.log(2), rel_tol=1e-6)


def test_the_best_discriminator_has_the_lowest_loss() -> None:
    p, q = torch.tensor([0.7, 0.2, 0.1]).double(), torch.tensor([0.1, 0.3, 0.6]).double()
    best = best_discriminator(p.log(), q.log())
    assert torch.allclose(best, p / (p + q))
    loss = lambda d: -(p * d.log()).sum() - (q * (1 - d).log()).sum()
    for change in (-0.01, 0.01):
        assert loss(best) < loss(best + change)
    assert torch.allclose(best_discriminator(p.log(), p.log()), torch.full((3,), 0.5).double())


def test_a_step_of_one_player_leaves_the_other_alone() -> None:
    both, draws = players(3), generator(0)
    x, z = torch.randn(16, 2, generator=draws).double(), torch.randn(16, 2, generator=draws).double()
    copied = lambda network: [one.detach().clone() for one in network.parameters()]
    same = lambda network, before: all(torch.equal(a, b) for a, b in zip(network.parameters(), before))
    g, d = copied(both.generator), copied(both.discriminator)
    first = discriminator_step(both, adam(both.discriminator, 0.01), x, z)
    assert same(both.generator, g)
    assert not same(both.discriminator, d)
    assert discriminator_loss(both.judge(x), both(z)[0]) < first
    d = copied(both.discriminator)
    generator_step(both, adam(both.generator, 0.01), z, "non-saturating")
    assert same(both.discriminator, d)
    assert not same(both.generator, g)


def test_both_losses_pull_the_same_way_and_one_fades_where_d_is_sure() -> None:
    both, z = players(1), torch.randn(64, 2, generator=generator(1)).double()
    with torch.no_grad():
        both.discriminator.biases[-1].fill_(-8.0)  # sure that all is generated
    assert generator_gradient(both, z, "non-saturating") > 100 * generator_gradient(both, z, "saturating")
    s = torch.tensor([-3.0, 0.0, 2.0], requires_grad=True)
    (one,), (other,) = (torch.autograd.grad(loss(s), s) for loss in (saturating_loss, non_saturating_loss))
    assert bool((one < 0).all())
    assert bool((other < 0).all())


def test_the_slope_of_a_linear_critic_is_its_weight() -> None:
    w = torch.tensor([3.0, -4.0])
    slope = slopes(lambda x: x @ w, torch.randn(5, 2, generator=generator(0)))
    assert torch.allclose(slope_norm(slope), torch.full((5,), 5.0))
    assert gradient_penalty(slope_norm(slope), 10.0).item() == pytest.approx(160.0)
    assert one_sided_penalty(torch.tensor([0.5, 3.0]), 1.0).item() == pytest.approx(2.0)
    assert gradient_penalty(torch.tensor([0.5, 3.0]), 1.0).item() == pytest.approx(2.125)


def test_a_norm_over_channels_alone_is_one_per_pixel() -> None:
    slope = torch.full((2, 1, 8, 8), 1.0)
    assert slope_norm_per_pixel(slope).shape == (2, 8, 8)
    assert gradient_penalty(slope_norm_per_pixel(slope), 1.0) == 0, "each pixel has slope 1, and that costs nothing …"
    assert torch.allclose(slope_norm(slope), torch.full((2,), 8.0)), "… while the whole slope is 8"


def test_the_penalty_can_be_differentiated_by_the_weights() -> None:
    w = torch.tensor([0.6, 0.8], dtype=torch.double, requires_grad=True)
    x = torch.randn(4, 2, generator=generator(0)).double()

    def penalty(w: torch.Tensor) -> torch.Tensor:
        return gradient_penalty(slope_norm(slopes(lambda x: (x @ w).square(), x)), 1.0)

    assert torch.autograd.gradcheck(penalty, w)


def test_the_estimate_under_a_penalty_is_where_gain_and_cost_balance() -> None:
    W, strength = torch.tensor(3.0), 2.0
    s = torch.linspace(0, 5, 50_001)
    best = s[(s * W - strength * (s - 1).square()).argmax()]
    assert estimate_under_penalty(W, strength).item() == pytest.approx((best * W).item(), abs=1e-3)
    assert distance_estimate(torch.tensor([3.0, 1.0]), torch.tensor([0.5])) == 1.5


def test_points_between_and_clipped_weights() -> None:
    x, y = torch.zeros(3, 1, 2, 2), torch.ones(3, 1, 2, 2)
    t = torch.tensor([0.0, 0.25, 1.0])
    assert torch.equal(between(x, y, t)[:, 0, 0, 0], 1 - t)
    layer = torch.nn.Linear(3, 2, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.5, -0.5, 0.005], [-0.005, 0.02, 0.0]]))
    clip_weights(layer, 0.01)
    assert torch.allclose(layer.weight, torch.tensor([[0.01, -0.01, 0.005], [-0.005, 0.01, 0.0]]))


def test_games_side_by_side_are_the_single_games() -> None:
    alone, draws = [players(seed) for seed in (3, 4)], generator(0)
    together = side_by_side([players(seed) for seed in (3, 4)])
    x, z = torch.randn(2, 16, 2, generator=draws).double(), torch.randn(2, 16, 2, generator=draws).double()
    optimizers = adam(together.discriminator, 0.01), adam(together.generator, 0.01)
    each = [(adam(one.discriminator, 0.01), adam(one.generator, 0.01)) for one in alone]
    for _ in range(3):
        discriminator_step(together, optimizers[0], x, z)
        losses = generator_step(together, optimizers[1], z, "non-saturating")
        for game, (both, (first, second)) in enumerate(zip(alone, each, strict=True)):
            discriminator_step(both, first, x[game], z[game])
            assert torch.isclose(losses[game], generator_step(both, second, z[game], "non-saturating"))
    for game, both in enumerate(alone):
        for one, of_all in zip(both.parameters(), together.parameters(), strict=True):
            assert torch.allclose(one, of_all[game], atol=1e-9)
