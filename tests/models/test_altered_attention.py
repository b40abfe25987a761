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
    one_map_weights,
    patched,
    shuffled_in,
    shuffled_weights,
    strongest_weights,
    uniform_weights,
    unnormalised_weights,
    weighing,
    withholding,
)
from models.interpretability.contribution import (
    contributions,
    effects,
    rank_correlation,
    sent,
    with_equal_norms,
    with_random_norms,
    with_values,
)
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
    "weigh", [uniform_weights, strongest_weights, one_map_weights, lambda scores: shuffled_weights(scores, 3)]
)
def test_replaced_weights_are_weights_of_what_is_visible(weigh):
    weights = weigh(SCORES)
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(B, H, T))
    assert (weights[..., ~causal_mask(T)] == 0).all()


def test_shuffled_weights_are_the_same_weights_in_other_places():
    weights = shuffled_weights(SCORES, 0)
    torch.testing.assert_close(weights.sort(dim=-1).values, attention_weights(SCORES).sort(dim=-1).values)
    assert not torch.allclose(weights, attention_weights(SCORES))
    assert torch.equal(weights, shuffled_weights(SCORES, 0))


def test_unnormalised_weights_lack_only_the_division():
    weights = unnormalised_weights(SCORES)
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
    changed = altered(model, lambda layer, _: weighing(uniform_weights) if layer == 1 else scaled_dot_product)
    before, after = model(IDS)[1], changed(IDS)[1]
    assert torch.equal(before.blocks[0].residual, after.blocks[0].residual)
    assert not torch.allclose(before.blocks[1].residual, after.blocks[1].residual)


def test_what_comes_from_another_text_is_used_as_it_is():
    q, k, v, other_k, other_v = normal(5, B, H, T, K, seed=2)
    mask = causal_mask(T)
    own = scaled_dot_product(q, k, v, mask)
    values, keys = patched(values=other_v)(q, k, v, mask, None), patched(keys=other_k)(q, k, v, mask, None)
    assert torch.equal(values.weights, own.weights)
    torch.testing.assert_close(values.output, own.weights @ other_v)
    torch.testing.assert_close(keys.output, scaled_dot_product(q, other_k, v, mask).output)
    torch.testing.assert_close(patched()(q, k, v, mask, None).output, own.output)
    queries = patched(queries=other_k)(q, k, v, mask, None)
    torch.testing.assert_close(queries.output, scaled_dot_product(other_k, k, v, mask).output)


def test_shuffling_in_some_heads_leaves_the_others_alone():
    own, some, every = attention_weights(SCORES), shuffled_in(SCORES, [1, 3], 5), shuffled_weights(SCORES, 5)
    assert torch.equal(some[:, [0, 2]], own[:, [0, 2]])
    assert torch.equal(some[:, [1, 3]], every[:, [1, 3]])
    assert not torch.equal(some[:, [1, 3]], own[:, [1, 3]])


def test_a_withheld_key_gets_no_weight_from_the_last_query_of_these_heads():
    q, k, v = normal(3, B, H, T, K, seed=3)
    mask, position = causal_mask(T), torch.tensor([2, 4])
    own, cut = scaled_dot_product(q, k, v, mask), withholding([1, 3], position)(q, k, v, mask, None)
    for row in range(B):
        assert (cut.weights[row, [1, 3], -1, position[row]] == 0).all()
        torch.testing.assert_close(cut.weights[row, [0, 2]], own.weights[row, [0, 2]])
    torch.testing.assert_close(cut.weights[:, :, :-1], own.weights[:, :, :-1])
    torch.testing.assert_close(cut.weights.sum(dim=-1), torch.ones(B, H, T))


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
    attend = with_values(lambda v: with_equal_norms(v, output))
    trace = attend(normal(B, H, T, K, seed=6), normal(B, H, T, K, seed=7), v, causal_mask(T), None)
    torch.testing.assert_close(trace.output, trace.weights @ level)


def test_random_norms_keep_directions_and_weights():
    v = normal(B, H, T, K, seed=4)
    stretched = with_random_norms(v, 3)
    torch.testing.assert_close(torch.cosine_similarity(v, stretched, dim=-1), torch.ones(B, H, T))
    assert (stretched.norm(dim=-1) / v.norm(dim=-1)).std() > 1


def test_what_is_left_out_of_the_last_layer_moves_the_prediction_as_if_it_had_never_been_there():
    model = decoder()
    logits, trace = model(IDS)
    last = trace.blocks[-1].attention
    vectors = sent(repeat_kv(last.v, 4), model.blocks[-1].attention.to_out.weight)
    terms = last.weights[:, :, -1, :, None] * vectors
    moved = effects(model, trace, terms)
    assert moved.shape == (1, 4, 7)
    torch.testing.assert_close(effects(model, trace, torch.zeros_like(terms)), torch.zeros(1, 4, 7))

    def without(layer: int, outputs: torch.Tensor) -> torch.Tensor:
        changed = outputs.clone()
        if layer == 2:
            changed[:, 1, -1] -= last.weights[:, 1, -1, 3, None] * repeat_kv(last.v, 4)[:, 1, 3]
        return changed

    expected = (model(IDS, edit=without)[0][0, -1].softmax(-1) - logits[0, -1].softmax(-1)).abs().sum() / 2
    torch.testing.assert_close(moved[0, 1, 3], expected)


def test_rank_correlation_looks_at_the_order_alone():
    x = normal(2, 9, seed=8)
    torch.testing.assert_close(rank_correlation(x, x.exp()), torch.ones(2, dtype=torch.double))
    torch.testing.assert_close(rank_correlation(x, -x), -torch.ones(2, dtype=torch.double))


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
        altered(decoder(), lambda layer, _: weighing(uniform_weights))(IDS)
        altered(decoder(), lambda layer, _: withholding([1], torch.tensor([2])))(IDS)
    assert not watch.unreached()
    with shapes_checked(contribution, head_patterns, B=B, H=H, T=T, S=T, K=K, D=12, N=2, M=5) as watch:
        with_equal_norms(normal(B, H, T, K, seed=0), normal(12, H * K, seed=1))
        with_random_norms(normal(B, H, T, K, seed=0), 1)
        effects(decoder(), decoder()(IDS.expand(B, T))[1], normal(B, H, T, 12, seed=2))
        rank_correlation(normal(2, 5, seed=3), normal(2, 5, seed=4))
        local_score(attention_weights(SCORES))
    assert not watch.unreached()
