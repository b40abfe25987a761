import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.routing.balance import (
    importance,
    load_balancing_loss,
    squared_variation,
    switch_loss,
    utilisation_entropy,
)
from models.routing.mixture_of_experts import (
    RoutingTrace,
    SparseMoE,
    chosen_of_softmax,
    renormalised_chosen_of_softmax,
    softmax_over_chosen,
)
from models.seeding import normal, seeded

choices = st.integers(1, 8).flatmap(lambda experts: st.tuples(st.just(experts), st.integers(1, experts)))


def routed(logits: torch.Tensor, k: int = 1) -> RoutingTrace:
    return RoutingTrace(logits, *softmax_over_chosen(logits, k), x=torch.empty(0))


@given(choices, st.integers(0, 99))
def test_renormalising_after_the_softmax_is_the_softmax_over_the_chosen(sizes, seed):
    experts, k = sizes
    logits = normal(2, 5, experts, seed=seed)
    for ours, theirs in zip(softmax_over_chosen(logits, k), renormalised_chosen_of_softmax(logits, k)):
        torch.testing.assert_close(ours, theirs)
    gates, _ = chosen_of_softmax(logits, k)
    assert (gates.sum(-1) <= 1 + 1e-6).all()


@settings(max_examples=20)
@given(choices, st.integers(1, 7))
def test_the_layer_is_the_gated_sum_over_all_experts(sizes, tokens):
    experts, k = sizes
    layer = seeded(lambda: SparseMoE(6, 5, experts, k), 0)
    x = normal(2, tokens, 6, seed=1)
    y, trace = layer(x)
    gates = torch.zeros_like(trace.logits).scatter(-1, trace.chosen, trace.gates)
    outputs = torch.stack([expert(x)[0] for expert in layer.experts], dim=-1)
    torch.testing.assert_close(y, (outputs * gates.unsqueeze(-2)).sum(-1), atol=1e-6, rtol=1e-5)


def test_only_chosen_experts_are_computed_and_learn():
    layer = seeded(lambda: SparseMoE(6, 5, experts=4, k=1), 0)
    computed = [0] * 4

    def count(index: int) -> None:
        layer.experts[index].register_forward_pre_hook(lambda _, given: computed.__setitem__(index, len(given[0])))

    for index in range(4):
        count(index)
    y, trace = layer(normal(1, 9, 6, seed=0))
    assert computed == (trace.load * 9).round().int().tolist()
    y.sum().backward()
    learned = [bool(expert.to_out.weight.grad.any()) for expert in layer.experts]
    assert learned == [share > 0 for share in trace.load.tolist()]


def test_unchosen_logits_have_a_gradient_only_where_the_softmax_saw_them():
    def unchosen_gradient(gate) -> torch.Tensor:
        logits = torch.tensor([3.0, 2.0, 1.0, 0.0], requires_grad=True)
        gate(logits, 2)[0][0].backward()
        return logits.grad[2:]

    assert not unchosen_gradient(softmax_over_chosen).any()
    assert unchosen_gradient(chosen_of_softmax).all()


def test_an_impossible_k_is_refused():
    with pytest.raises(ValueError, match="between 1 and the 4 experts, got 5"):
        SparseMoE(6, 5, experts=4, k=5)


def test_losses_at_their_extremes():
    even = torch.full((8,), 1 / 8)
    one = torch.nn.functional.one_hot(torch.tensor(3), 8).float()
    assert switch_loss(even, even).item() == pytest.approx(1)
    assert switch_loss(one, one).item() == pytest.approx(8)
    assert squared_variation(even) == 0
    assert squared_variation(one).item() == pytest.approx(7)
    assert utilisation_entropy(even).item() == pytest.approx(1)
    assert utilisation_entropy(one) == 0


def test_load_and_importance_count_assignments_and_gates():
    trace = routed(torch.tensor([[[9.0, 1.0, 0.0], [9.0, 0.0, 1.0], [0.0, 9.0, 1.0]]]), k=2)
    assert trace.load.tolist() == pytest.approx([2 / 6, 2 / 6, 2 / 6])
    assert importance(trace).sum().item() == pytest.approx(3)
    first, second, _ = routed(torch.tensor([[[9.0, 1.0, 0.0], [9.0, 0.0, 1.0], [0.0, 9.0, 1.0]]])).load.tolist()
    assert (first, second) == pytest.approx((2 / 3, 1 / 3))


def test_following_the_gradient_of_the_loss_evens_the_load():
    x, router = normal(400, 5, seed=0), normal(5, 4, seed=1).requires_grad_()
    x[:, 0] += 3  # a shared direction, so that one expert is everyone's first choice
    optimizer = torch.optim.Adam([router], lr=0.02)
    before = utilisation_entropy(routed(x @ router).load)
    for _ in range(150):
        optimizer.zero_grad()
        load_balancing_loss(routed(x @ router), coefficient=1.0).backward()
        optimizer.step()
    after = utilisation_entropy(routed(x @ router).load)
    assert after > before + 0.1
    assert not math.isnan(after)
