"""The shape comments of spiking neurons and networks, executed; all sizes differ."""

import pytest
import torch

from models.data import repeated_pattern, spike_codes
from models.seeding import generator, normal
from models.spiking import credit, leaky_integrate_fire, spiking_network, stdp
from tests.shape_comments import check_fields, shapes_checked

R, B, T, J, H, K, N = 2, 3, spike_codes.STEPS, 7, 6, 4, 5


def run_neuron() -> None:
    current = normal(N, T, seed=0)
    _, trace = leaky_integrate_fire.LeakyIntegrateFire(5.0, 1.0)(current)
    assert check_fields(trace, N=N, T=T) == 2
    leaky_integrate_fire.firing_rate(current[:, 0], 1.0, 5.0)
    leaky_integrate_fire.mean_rate(trace.spikes, 1.0)


def run_network() -> None:
    network = spiking_network.SpikingNetwork(range(R), inputs=J, hidden=H, classes=K)
    p = torch.rand(B, J, generator=generator(0))
    spikes = spike_codes.shuffled_times(spike_codes.latency_code(p), generator(1))
    assert spike_codes.rate_code(p).shape == spikes.shape
    _, trace = network(spikes)
    assert check_fields(trace, R=R, B=B, T=T, H=H, K=K) == 4
    spiking_network.synaptic_operations(trace.hidden_spikes, K)


def run_credit() -> None:
    network = spiking_network.SpikingNetwork(range(R), inputs=J, hidden=H, classes=K)
    spikes = (torch.rand(B, T, J, generator=generator(2)) < 0.3).float()
    gradient = credit.first_layer_gradient(network, spikes, torch.zeros(B, dtype=torch.long))
    credit.direction_cosine(gradient, gradient)
    credit.share_under_bump(network(spikes)[1].hidden_voltage, spiking_network.USUAL_SPIKE)


def run_plasticity() -> None:
    given = repeated_pattern.stream(0, "jittered", 500, 1)
    rule = stdp.Rule(*(torch.tensor([value, value]) for value in (0.03, 0.9, 9.0)))
    plastic = stdp.learn(given.spikes[:150].expand(2, -1, -1), rule, 0.3, 3)
    assert check_fields(rule, R=2) == 3
    assert check_fields(plastic, R=2, T=150, P=4, N=repeated_pattern.INPUTS) == 2
    assert check_fields(given, T=500, N=repeated_pattern.INPUTS) == 3
    stdp.read(given.spikes.float(), plastic.weights[-1, 0], 9.0)


LONG = {"L": repeated_pattern.LENGTH, "M": repeated_pattern.TAKE_PART, "N": repeated_pattern.INPUTS}
CASES = [
    pytest.param([credit], run_credit, {"R": R, "B": B, "T": T, "H": H}, id="credit"),
    pytest.param([stdp], run_plasticity, {"N": repeated_pattern.INPUTS}, id="stdp"),
    pytest.param([repeated_pattern], run_plasticity, LONG, id="repeated_pattern"),
    pytest.param([leaky_integrate_fire], run_neuron, {"N": N, "T": T}, id="neuron"),
    pytest.param(
        [spiking_network, spike_codes], run_network, {"R": R, "B": B, "T": T, "I": J, "H": H, "K": K}, id="network"
    ),
]


@pytest.mark.parametrize(("modules", "run", "sizes"), CASES)
def test_shape_comments_are_true(modules, run, sizes) -> None:
    with shapes_checked(*modules, **sizes) as watch:
        run()
    assert watch.reached
    assert not watch.unreached()
