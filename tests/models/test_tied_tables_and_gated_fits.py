"""Invariants and hand-computed values of tied tables, gated fits and GEGLU."""

import torch

from models.approximation.gated_fits import Fit, GatedFit, bilinear, relative_error, swish_plus
from models.data import successors
from models.layers.activations import gelu
from models.layers.geglu import GEGLU, geglu
from models.layers.swiglu import swish
from models.seeding import normal, seeded
from models.transformer.tied_tables import OneMLP, Straight, Tied, Untied, gradient_of_both, logits, table_gradients


def test_logits_by_hand() -> None:
    h, U = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 0.0], [0.0, 1.0], [1.0, -1.0]])
    assert logits(h, U).tolist() == [[3.0, 2.0, -1.0]]


def test_the_gradient_of_one_table_is_that_of_both_uses_and_of_two_tables_only_the_first() -> None:
    ids, targets = torch.arange(9), torch.arange(9).roll(-1)
    tied = seeded(lambda: Tied(9, 5, OneMLP(5)), 1)
    g = table_gradients(tied, ids, targets)
    torch.testing.assert_close(g.whole, gradient_of_both(g.as_input, g.as_output))
    untied = seeded(lambda: Untied(9, 5, OneMLP(5)), 1)
    g = table_gradients(untied, ids, targets)
    torch.testing.assert_close(g.whole, g.as_input)
    assert g.as_output.abs().max() > 1e-3


def test_one_table_is_one_parameter() -> None:
    count = lambda model: sum(weight.numel() for weight in model.parameters())
    assert count(Untied(9, 5, Straight())) - count(Tied(9, 5, Straight())) == 45


def test_every_rule_names_a_next_symbol() -> None:
    for seed in range(3):
        after, order = successors.successors("one ring", seed)
        at = order[0]
        for _ in range(successors.SYMBOLS):
            at = after[at]
        assert at == order[0]
        assert len(after.unique()) == successors.SYMBOLS
        pairs, _ = successors.successors("mutual pairs", seed)
        assert pairs[pairs].equal(torch.arange(successors.SYMBOLS))
        assert (pairs != torch.arange(successors.SYMBOLS)).all()


def test_relative_error_of_the_mean_is_one() -> None:
    y = normal(3, 20, seed=0)
    torch.testing.assert_close(relative_error(y.mean(dim=1, keepdim=True).expand(3, 20), y), torch.ones(3))
    assert relative_error(y, y).max() == 0


def test_joins_by_hand() -> None:
    gate, value = torch.tensor([0.0, 1.0, -2.0]), torch.tensor([5.0, 2.0, 3.0])
    assert bilinear(gate, value).tolist() == [0.0, 2.0, -6.0]
    torch.testing.assert_close(swish_plus(gate, value), swish(gate) + value)
    torch.testing.assert_close(geglu(gate, value), gelu(gate) * value)


def test_networks_side_by_side_do_not_touch_each_other() -> None:
    model, x = GatedFit(3, 4, 0), normal(7, 2, seed=1)
    model(x)[0][1].sum().backward()
    assert model.gate.grad[[0, 2]].abs().max() == 0
    assert model.gate.grad[1].abs().max() > 0


def test_exchanging_halves_twice_or_for_a_plain_product_changes_nothing() -> None:
    x = normal(7, 2, seed=1)
    torch.testing.assert_close(GatedFit(2, 4, 0, bilinear).exchanged(x), GatedFit(2, 4, 0, bilinear)(x)[0])
    assert not torch.allclose(GatedFit(2, 4, 0).exchanged(x), GatedFit(2, 4, 0)(x)[0])


def test_a_fit_is_a_sum_of_its_neurons() -> None:
    model, x = Fit(2, 4, 0), normal(7, 2, seed=1)
    y, neurons = model(x)
    torch.testing.assert_close(y, (neurons @ model.out + model.out_bias)[..., 0])
    assert neurons.min() >= 0


def test_geglu_layer_is_the_equation() -> None:
    layer, x = seeded(lambda: GEGLU(5, 7), 0), normal(3, 5, seed=0)
    y, trace = layer(x)
    torch.testing.assert_close(y, layer.to_out(geglu(layer.to_gate(x), layer.to_value(x))))
    assert trace.neurons.shape == (3, 7)
