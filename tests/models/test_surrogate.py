"""Surrogate gradients: the step forward, the bump backward, and what the reset passes on."""

import pytest
import torch

from models.data.spike_codes import LEVELS, STEPS, latency_code, rate_code, shuffled_times
from models.seeding import generator, normal
from models.spiking.credit import direction_cosine, first_layer_gradient, share_under_bump
from models.spiking.leaky_integrate_fire import soft_reset
from models.spiking.spiking_network import SpikingNetwork, synaptic_operations
from models.spiking.surrogate import (
    SurrogateSpike,
    arctan_bump,
    fast_sigmoid_bump,
    step_derivative,
    triangle_bump,
)

BUMPS = (fast_sigmoid_bump, arctan_bump, triangle_bump)


@pytest.mark.parametrize("bump", BUMPS)
def test_forward_a_step_and_backward_the_bump(bump) -> None:
    x = torch.linspace(-2, 2, 41, dtype=torch.double, requires_grad=True)
    spike = SurrogateSpike(bump, 3.0, 2.0)
    s = spike(x)
    assert torch.equal(s, (x >= 0).double())
    (gradient,) = torch.autograd.grad(s.sum(), x)
    torch.testing.assert_close(gradient, 2.0 * bump(x.detach(), 3.0))
    assert bump(torch.tensor(0.0), 3.0) == 1


def test_the_bumps_by_hand() -> None:
    x = torch.tensor([0.25, -0.5], dtype=torch.double)
    torch.testing.assert_close(fast_sigmoid_bump(x, 4.0), torch.tensor([1 / 4, 1 / 9], dtype=torch.double))
    torch.testing.assert_close(triangle_bump(x, 1.0), torch.tensor([0.75, 0.5], dtype=torch.double))
    assert arctan_bump(torch.tensor(2 / torch.pi), 1.0).item() == pytest.approx(0.5)


def test_the_true_derivative_is_zero_wherever_it_exists() -> None:
    found = step_derivative(torch.tensor([-1.0, 0.0, 1e-9]))
    assert found[[0, 2]].tolist() == [0, 0]
    assert found[1].isnan()


def test_networks_side_by_side_are_what_each_is_alone() -> None:
    x = (torch.rand(3, STEPS, 8, generator=generator(0)) < 0.3).float()
    both = SpikingNetwork((4, 9), gain=2.0, inputs=8, hidden=6, classes=3)
    alone = SpikingNetwork((9,), gain=2.0, inputs=8, hidden=6, classes=3)
    torch.testing.assert_close(both(x)[0][1], alone(x)[0][0])


def test_the_reset_s_gradient_is_the_only_difference_and_vanishes_where_nothing_fires() -> None:
    x, labels = (torch.rand(5, STEPS, 8, generator=generator(1)) < 0.3).float(), torch.tensor([0, 1, 2, 0, 1])
    of = lambda gain, carry=None: SpikingNetwork(
        (3,), gain=gain, inputs=8, hidden=6, classes=3, **({"carry": carry} if carry else {})
    )
    torch.testing.assert_close(of(2.0)(x)[0], of(2.0, soft_reset)(x)[0])
    gradients = [first_layer_gradient(network, x, labels) for network in (of(2.0), of(2.0, soft_reset))]
    assert direction_cosine(*gradients) < 0.999
    assert direction_cosine(gradients[0], 3 * gradients[0]).item() == pytest.approx(1)


def test_share_under_a_triangle_is_counted() -> None:
    voltage = 1 + torch.tensor([-0.5, -0.05, 0.0, 0.05, 2.0]).view(1, 1, 1, 5)
    assert share_under_bump(voltage, SurrogateSpike(triangle_bump, 10.0)).item() == pytest.approx(0.6)


def test_latency_code_gives_each_level_of_ink_its_own_step_and_paper_none() -> None:
    spikes = latency_code(torch.arange(LEVELS + 1) / LEVELS)
    assert spikes.shape == (STEPS, LEVELS + 1)
    assert spikes.sum(0).tolist() == [0, *[1] * LEVELS]
    assert spikes[:, 1:].argmax(0).tolist() == list(range(LEVELS - 1, -1, -1))


def test_rate_code_counts_stand_for_the_ink() -> None:
    p = torch.tensor([0.0, 0.25, 0.5, 1.0])
    assert rate_code(p).sum(0).tolist() == [0, 3, 6, 12]
    assert rate_code(p).max() == 1


def test_shuffling_keeps_every_count_and_moves_spikes() -> None:
    given = rate_code(torch.rand(4, 9, generator=generator(2)))
    moved = shuffled_times(given, generator(3))
    assert torch.equal(moved.sum(-2), given.sum(-2))
    assert not torch.equal(moved, given)


def test_synaptic_operations_are_spikes_times_targets() -> None:
    spikes = (normal(2, 3, 5, 7, seed=0) > 0).float()
    assert torch.equal(synaptic_operations(spikes, 11), 11 * spikes.flatten(2).sum(-1))
