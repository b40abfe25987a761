"""The shape comments of spiking neurons and networks, executed; all sizes differ."""

import pytest
import torch

from models.data import spike_codes
from models.seeding import generator, normal
from models.spiking import leaky_integrate_fire, spiking_network
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


CASES = [
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
