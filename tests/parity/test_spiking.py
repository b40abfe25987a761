"""Spiking neurons and surrogate derivatives against snnTorch, in float64 at odd sizes with drawn inputs."""

import pytest
import snntorch
import torch

from models.seeding import generator
from models.spiking.altered_resets import late_reset
from models.spiking.leaky_integrate_fire import LeakyIntegrateFire, decay, hard_reset, soft_reset
from models.spiking.spiking_network import SpikingNetwork
from models.spiking.surrogate import SurrogateSpike, arctan_bump, fast_sigmoid_bump

pytestmark = pytest.mark.parity

N, T, THRESHOLD = 7, 61, 0.8


def currents() -> torch.Tensor:
    """Drawn for every neuron and step, above and below the threshold."""
    return 2.2 * torch.rand(N, T, generator=generator(3), dtype=torch.double)


def theirs(current: torch.Tensor, **settings: object) -> tuple[torch.Tensor, torch.Tensor]:
    """Spikes and voltages (N, T) of the library for the same drive, which it takes without the factor 1 − β."""
    beta = decay(1.0, 9.0)
    neuron = snntorch.Leaky(beta=torch.tensor(beta, dtype=torch.double), threshold=THRESHOLD, **settings)
    v, steps = torch.zeros(N, dtype=torch.double), []
    for t in range(T):
        s, v = neuron((1 - beta) * current[:, t], v)
        steps.append((s, v))
    return tuple(torch.stack(part, dim=1) for part in zip(*steps))


RESETS = {
    soft_reset: {"reset_mechanism": "subtract", "reset_delay": False},
    late_reset: {"reset_mechanism": "subtract"},
    hard_reset: {"reset_mechanism": "zero"},
}


@pytest.mark.parametrize("reset", RESETS, ids=lambda reset: reset.__name__)
def test_leaky(reset) -> None:
    current = currents()
    ours, trace = LeakyIntegrateFire(9.0, 1.0, THRESHOLD, reset)(current)
    spikes, voltage = theirs(current, **RESETS[reset])
    assert 20 < ours.sum() < N * T / 2
    torch.testing.assert_close(ours, spikes, check_dtype=False)
    kept = voltage + THRESHOLD * spikes if reset is soft_reset else voltage  # theirs is shown after that reset
    torch.testing.assert_close(trace.voltage, kept)


@pytest.mark.parametrize("reset", RESETS, ids=lambda reset: reset.__name__)
def test_another_reset_is_caught(reset) -> None:
    current = currents()
    spikes, _ = theirs(current, **RESETS[reset])
    for other in set(RESETS) - {reset}:
        assert not torch.equal(LeakyIntegrateFire(9.0, 1.0, THRESHOLD, other)(current)[0].float(), spikes.float())


SURROGATES = {
    "fast sigmoid": (SurrogateSpike(fast_sigmoid_bump, 7.0), snntorch.surrogate.fast_sigmoid(slope=7)),
    "arctan": (SurrogateSpike(arctan_bump, 3.0, 1.5), snntorch.surrogate.atan(alpha=3.0)),
}


@pytest.mark.parametrize("name", SURROGATES)
def test_surrogate_derivatives(name: str) -> None:
    ours, expected = SURROGATES[name]
    x = torch.randn(N, T, generator=generator(4), dtype=torch.double).requires_grad_()
    (gradient,) = torch.autograd.grad(ours(x).sum(), x)
    torch.testing.assert_close(gradient, torch.autograd.grad(expected(x).sum(), x)[0])
    (mutated,) = torch.autograd.grad(SurrogateSpike(ours.bump, 1.1 * ours.steepness, ours.height)(x).sum(), x)
    assert (mutated - gradient).abs().max() > 0.01


def test_a_network_and_its_gradients_with_the_reset_left_out() -> None:
    J, H, K, B, S = 5, 9, 4, 3, 17
    network = SpikingNetwork((2,), gain=2.0, inputs=J, hidden=H, classes=K).double()
    spikes = (torch.rand(B, S, J, generator=generator(5)) < 0.4).double()
    counts, _ = network(spikes)
    grad = snntorch.surrogate.fast_sigmoid(slope=10)
    layers = [
        snntorch.Leaky(beta=torch.tensor(network.beta, dtype=torch.double), spike_grad=grad, reset_mechanism="subtract")
        for _ in range(2)
    ]
    weights = [weight[0].detach().clone().requires_grad_() for weight in (network.first, network.second)]
    v, total = [torch.zeros(B, H, dtype=torch.double), torch.zeros(B, K, dtype=torch.double)], 0.0
    for t in range(S):
        s = spikes[:, t]
        for number, layer in enumerate(layers):
            x = s.double() @ weights[number] + reset_early(layer, v[number], network.beta)
            s, v[number] = layer(x, v[number])
        total = total + s
    assert counts.sum() > 20
    torch.testing.assert_close(counts[0], total, check_dtype=False)
    aim = torch.randn(B, K, generator=generator(6), dtype=torch.double)
    ours = torch.autograd.grad((counts[0] * aim).sum(), [network.first, network.second])
    expected = torch.autograd.grad((total * aim).sum(), weights)
    for mine, theirs_ in zip(ours, expected):
        torch.testing.assert_close(mine[0], theirs_)


def reset_early(layer: snntorch.Leaky, v: torch.Tensor, beta: float) -> torch.Tensor:
    """The library subtracts θ after the decay; this gives back what subtracting it before the decay leaves."""
    return (1 - beta) * layer.mem_reset(v).detach()
