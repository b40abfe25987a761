"""Replaced weights, exchanged tokens, equal norms and head scores, against what must be true of them."""

import pytest
import torch

from models.attention.dot_product import attention_weights, scaled_dot_product
from models.attention.grouped_query import GroupedQueryAttention, repeat_kv
from models.attention.masks import causal_mask
from models.interpretability import altered_attention as altered_module
from models.interpretability import contribution, head_patterns
from models.interpretability.altered_attention import (
    altered,
    even_weights,
    one_map_weights,
    shuffled_weights,
    strongest_weights,
    swapped,
    swapping,
    undivided_weights,
    weighing,
)
from models.interpretability.contribution import contributions, levelling, sent, with_equal_norms
from models.interpretability.head_patterns import first_token_score, induction_score, local_score, previous_token_score
from models.seeding import normal, seeded
from models.transformer.decoder import Decoder, DecoderConfig
from tests.shape_comments import shapes_checked

B, H, T, K = 2, 4, 7, 3
SCORES = normal(B, H, T, T, seed=0).masked_fill(~causal_mask(T), -torch.inf)
CONFIG = DecoderConfig(vocabulary=31, width=12, layers=3, heads=4, kv_heads=2, head_width=4, hidden=16, context=8)
IDS = torch.arange(7)[None]


def decoder() -> Decoder:
    return seeded(lambda: Decoder(CONFIG), 1).requires_grad_(False)


@pytest.mark.parametrize(
    "weigh", [even_weights, strongest_weights, one_map_weights, lambda scores: shuffled_weights(scores, 3)]
)
def test_replaced_weights_are_weights_of_what_is_in_sight(weigh):
    weights = weigh(SCORES)
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(B, H, T))
    assert (weights[..., ~causal_mask(T)] == 0).all()


def test_shuffled_weights_are_the_same_weights_in_other_places():
    weights = shuffled_weights(SCORES, 0)
    torch.testing.assert_close(weights.sort(dim=-1).values, attention_weights(SCORES).sort(dim=-1).values)
    assert not torch.allclose(weights, attention_weights(SCORES))
    assert torch.equal(weights, shuffled_weights(SCORES, 0))


def test_undivided_weights_lack_only_the_division():
    weights = undivided_weights(SCORES)
    torch.testing.assert_close(weights / weights.sum(dim=-1, keepdim=True), attention_weights(SCORES))


def test_one_map_is_the_mean_of_the_heads():
    torch.testing.assert_close(one_map_weights(SCORES)[:, 2], attention_weights(SCORES).mean(dim=1))


def test_weighing_by_softmax_changes_nothing_and_shares_the_weights():
    model = decoder()
    again = altered(model, lambda layer, _: weighing(attention_weights))
    torch.testing.assert_close(again(IDS)[0], model(IDS)[0])
    assert all(ours is theirs for ours, theirs in zip(again.parameters(), model.parameters(), strict=True))
    assert all(block.attention.attend is scaled_dot_product for block in model.blocks)


def test_one_layer_alone_can_be_altered():
    model = decoder()
    changed = altered(model, lambda layer, _: weighing(even_weights) if layer == 1 else scaled_dot_product)
    before, after = model(IDS)[1], changed(IDS)[1]
    assert torch.equal(before.blocks[0].residual, after.blocks[0].residual)
    assert not torch.allclose(before.blocks[1].residual, after.blocks[1].residual)


def test_keys_and_values_form_pairs_whose_order_says_nothing():
    q, k, v = normal(3, B, H, T, K, seed=2)
    mask = causal_mask(T)
    outputs = {
        what: swapping(1, 4, keys="k" in what, values="v" in what)(q, k, v, mask, None).output
        for what in ("", "k", "v", "kv")
    }
    after_both = slice(4, None)
    torch.testing.assert_close(outputs["k"][..., after_both, :], outputs["v"][..., after_both, :])
    torch.testing.assert_close(outputs[""][..., after_both, :], outputs["kv"][..., after_both, :])
    assert not torch.allclose(outputs[""][..., after_both, :], outputs["v"][..., after_both, :])
    assert not torch.allclose(outputs[""][..., 2, :], outputs["kv"][..., 2, :]), "a query between them sees one alone"


def test_swapped_tokens_come_back():
    x = normal(2, 5, 3, seed=0)
    assert torch.equal(swapped(swapped(x, 1, 3), 3, 1), x)
    assert torch.equal(swapped(x, 2, 2), x)


def test_contributions_add_up_to_the_layer_output():
    layer = seeded(lambda: GroupedQueryAttention(12, 4, 2, 4), 0)
    y, trace = layer(normal(2, T, 12, seed=3), causal_mask(T))
    vectors = trace.weights.unsqueeze(-1) * sent(repeat_kv(trace.v, 4), layer.to_out.weight).unsqueeze(-3)
    torch.testing.assert_close(vectors.sum(dim=(1, 3)), y)
    lengths = contributions(trace.weights, repeat_kv(trace.v, 4), layer.to_out.weight)
    torch.testing.assert_close(vectors.norm(dim=-1), lengths)


def test_equal_norms_leave_directions_and_make_weight_and_contribution_agree():
    v, output = normal(B, H, T, K, seed=4), normal(12, H * K, seed=5)
    level = with_equal_norms(v, output)
    torch.testing.assert_close(torch.cosine_similarity(v, level, dim=-1), torch.ones(B, H, T))
    weights = attention_weights(SCORES)
    shares = contributions(weights, level, output)
    torch.testing.assert_close(shares / shares.sum(dim=-1, keepdim=True), weights)
    trace = levelling(output)(normal(B, H, T, K, seed=6), normal(B, H, T, K, seed=7), v, causal_mask(T), None)
    torch.testing.assert_close(trace.output, trace.weights @ level)


def test_scores_of_heads_that_do_one_thing_only():
    P, S = 5, 10
    t = torch.arange(S)
    previous, first, induction = torch.zeros(3, 1, 1, S, S)
    previous[..., t, (t - 1).clamp(min=0)] = 1
    first[..., 0] = 1
    induction[..., t, (t - P + 1).clamp(min=0)] = 1
    heads = torch.cat([previous, first, induction], dim=1)
    torch.testing.assert_close(previous_token_score(heads), torch.tensor([1, 1 / 9, 1 / 9]))
    torch.testing.assert_close(first_token_score(heads), torch.tensor([0, 1, 1 / 6]))
    torch.testing.assert_close(induction_score(heads, P), torch.tensor([0.0, 0.0, 1.0]))
    torch.testing.assert_close(local_score(heads), torch.tensor([1.0, 0.0, 0.0]))


def test_shape_comments():
    with shapes_checked(altered_module, B=1, H=4, T=7, S=7, K=4) as watch:
        altered(decoder(), lambda layer, _: weighing(even_weights))(IDS)
        altered(decoder(), lambda layer, _: swapping(1, 2, keys=True))(IDS)
    assert not watch.unreached()
    with shapes_checked(contribution, head_patterns, B=B, H=H, T=T, S=T, K=K, D=12) as watch:
        with_equal_norms(normal(B, H, T, K, seed=0), normal(12, H * K, seed=1))
        local_score(attention_weights(SCORES))
    assert not watch.unreached()
