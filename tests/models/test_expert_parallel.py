import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.routing.capacity import within_capacity
from models.routing.expert_parallel import (
    computed_apart,
    device_of_expert,
    expert_functions,
    home_of_token,
    step_time,
    traffic,
)
from models.routing.mixture_of_experts import SparseMoE, softmax_over_chosen
from models.seeding import normal, seeded


@given(st.sampled_from([1, 2, 3, 6]), st.integers(1, 3), st.integers(1, 13), st.sampled_from([0.5, 1.0, 9.0]))
@settings(max_examples=30, deadline=None)
def test_devices_together_compute_the_layer(P, k, N, factor):
    layer = seeded(lambda: SparseMoE(6, 5, experts=6, k=k, gate=within_capacity(softmax_over_chosen, factor)), 0)
    x = normal(1, N, 6, seed=N)
    whole, trace = layer(x)
    gates, chosen = trace.gates[0], trace.chosen[0]
    home = home_of_token(N, P)
    spread = computed_apart(expert_functions(layer), x[0], gates, chosen, home, P)
    torch.testing.assert_close(spread.y, whole[0])
    M = traffic(chosen, gates > 0, home, 6, P)
    assert M.sum(dim=0).tolist() == spread.received
    assert int(M.sum()) == int((gates > 0).sum())


def test_experts_and_tokens_lie_in_blocks():
    assert device_of_expert(8, 4).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert home_of_token(4, 2).tolist() == [0, 0, 1, 1]


def test_a_layer_waits_for_its_slowest_device():
    M = torch.tensor([[4, 2], [6, 0]])
    time = step_time(M, expert_flops=10.0, row_bytes=3.0, flops=100.0, bandwidth=30.0)
    assert time.compute.tolist() == pytest.approx([1.0, 0.2])
    assert time.send.tolist() == pytest.approx([0.6, 0.6]), "six rows come to one and leave the other"
    assert time.total == pytest.approx(0.6 + 1.0 + 0.6)
