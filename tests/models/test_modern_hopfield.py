"""Modern Hopfield networks: values by hand, the energy's gradient, and what holds of them by theory."""

import math

import torch

from models.data.binary_patterns import flipped, random_patterns
from models.energy import modern_hopfield
from models.energy.modern_hopfield import (
    ModernHopfield,
    energy,
    log_sum_exp,
    pattern_weights,
    patterns_in_use,
    updated,
)
from models.seeding import generator, normal
from tests.shape_comments import shapes_checked

K, N, B = 11, 7, 5


def test_log_sum_exp_and_energy_by_hand() -> None:
    assert math.isclose(log_sum_exp(torch.tensor([0.0, 0.0]), 2.0).item(), math.log(2) / 2, rel_tol=1e-6)
    patterns = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    at_the_first = -math.log(math.e + 1) + 0.5 + math.log(2) + 0.5
    assert math.isclose(energy(patterns, patterns[:1], 1.0).item(), at_the_first, rel_tol=1e-6)


def test_the_update_is_the_state_at_which_the_energys_two_parts_balance() -> None:
    """∂E/∂ξ = ξ − Xᵀ softmax(β X ξ): one update is a gradient step of size 1."""
    patterns, state = normal(K, N, seed=0), normal(B, N, seed=1).requires_grad_()
    energy(patterns, state, 0.7).sum().backward()
    moved = state.detach() - state.grad
    assert torch.allclose(moved, updated(patterns, pattern_weights(patterns, state.detach(), 0.7)), atol=1e-5)


def test_the_energy_never_rises_and_is_never_negative() -> None:
    patterns = normal(K, N, seed=2)
    _, trace = ModernHopfield(patterns, 1.3)(3 * normal(B, N, seed=3), updates=6)
    energies = torch.stack([energy(patterns, state, 1.3) for state in trace.states])
    assert energies.diff(dim=0).max() <= 1e-5
    assert energies.min() >= -1e-5


def test_a_small_beta_averages_all_patterns_and_a_large_one_returns_the_nearest() -> None:
    patterns = random_patterns(K, 64, draws=generator(0))
    cue = flipped(patterns[:3], 13, generator(1))
    average, spread = ModernHopfield(patterns, 1e-6)(cue)
    assert torch.allclose(average, patterns.mean(0).expand(3, -1), atol=1e-3)
    assert torch.allclose(patterns_in_use(spread.weights), torch.full((3,), float(K)), atol=1e-2)
    nearest, picked = ModernHopfield(patterns, 5.0)(cue)
    assert torch.allclose(nearest, patterns[:3], atol=1e-4)
    assert torch.allclose(patterns_in_use(picked.weights), torch.ones(3), atol=1e-4)


def test_shape_comments() -> None:
    with shapes_checked(modern_hopfield, K=K, N=N, B=B) as watch:
        ModernHopfield(normal(K, N, seed=0), 1.0)(normal(B, N, seed=1))
    assert watch.reached
    assert not watch.unreached()
