"""The sparse mixture of experts against Mixtral's block, and the balancing losses against transformers'."""

import pytest
import torch
import transformers.models.mixtral.modeling_mixtral as mixtral
import transformers.models.switch_transformers.modeling_switch_transformers as switch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.routing.balance import load_balancing_loss
from models.routing.mixture_of_experts import SparseMoE, chosen_of_softmax
from models.seeding import generator, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity


def mixtral_block(ours: SparseMoE, width: int, hidden: int) -> torch.nn.Module:
    config = mixtral.MixtralConfig(
        hidden_size=width, intermediate_size=hidden, num_local_experts=len(ours.experts), num_experts_per_tok=ours.k
    )
    theirs = mixtral.MixtralSparseMoeBlock(config).double().eval()
    joined = [torch.cat([expert.to_gate.weight, expert.to_value.weight]) for expert in ours.experts]
    theirs.gate.weight.data = ours.router.weight.data
    theirs.experts.gate_up_proj.data = torch.stack(joined)
    theirs.experts.down_proj.data = torch.stack([expert.to_out.weight for expert in ours.experts])
    return theirs


@settings(max_examples=20)
@given(st.integers(1, 3), st.integers(1, 9), st.integers(1, 7), st.integers(1, 5), st.data())
def test_the_layer_equals_mixtral(B, T, D, F, data):
    experts = data.draw(st.integers(1, 6))
    k = data.draw(st.integers(1, experts))
    ours = seeded(lambda: SparseMoE(D, F, experts, k), 0).double()
    redraw(ours, seed=T)
    x = torch.randn(B, T, D, generator=generator(T), dtype=torch.float64)
    torch.testing.assert_close(
        ours(x)[0], mixtral_block(ours, D, F)(x), atol=1e-6, rtol=1e-6
    )  # their gates are float32


def test_gates_that_are_not_renormalised_are_caught():
    ours = seeded(lambda: SparseMoE(6, 5, experts=4, k=2), 0).double()
    redraw(ours, seed=0)
    theirs = mixtral_block(ours, 6, 5)
    ours.gate = chosen_of_softmax
    x = torch.randn(2, 7, 6, generator=generator(0), dtype=torch.float64)
    assert (ours(x)[0] - theirs(x)).abs().max() > 0.01


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_balancing_loss_equals_both_of_theirs(k):
    layer = seeded(lambda: SparseMoE(6, 5, experts=5, k=k), 0)
    redraw(layer, seed=0)
    _, trace = layer(torch.randn(1, 23, 6, generator=generator(0)))
    ours = load_balancing_loss(trace, coefficient=1.0)
    theirs = mixtral.load_balancing_loss_func((trace.logits.flatten(0, 1),), 5, k)
    torch.testing.assert_close(ours, theirs / k)  # they count k assignments a token, we their share
    if k == 1:
        torch.testing.assert_close(ours, switch.load_balancing_loss_func(trace.probabilities, trace.chosen[..., 0]))
