import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.attention.dot_product import attention_scores, scaled_dot_product
from models.attention.grouped_query import GroupedQueryAttention, pool_key_value_heads
from models.attention.masks import causal_mask, sliding_window_mask
from models.attention.multi_head import MultiHeadAttention, merge_heads, split_heads
from models.position.rope import RoPE
from models.seeding import normal, seeded


@given(st.integers(1, 9), st.integers(0, 9), st.integers(1, 12))
def test_masks_with_an_offset_are_the_last_rows_of_the_whole_mask(queries, offset, window):
    assert torch.equal(causal_mask(queries, offset), causal_mask(queries + offset)[offset:])
    whole = sliding_window_mask(queries + offset, window)
    assert torch.equal(sliding_window_mask(queries, window, offset), whole[offset:])
    assert whole.sum(dim=1).tolist() == [min(i + 1, window) for i in range(queries + offset)]


def test_a_window_without_the_token_itself_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        sliding_window_mask(3, 0)


def test_a_masked_key_gets_exactly_no_weight_and_a_score_of_minus_infinity():
    q, k, v = normal(3, 1, 2, 6, 4, seed=0)
    trace = scaled_dot_product(q, k, v, causal_mask(6))
    assert (trace.weights.triu(1) == 0).all()
    assert (trace.scores[..., 0, 1:] == -math.inf).all()
    torch.testing.assert_close(trace.weights.sum(-1), torch.ones(1, 2, 6))


@pytest.mark.parametrize("head_width", [4, 64, 1024])
def test_scores_keep_unit_variance_at_any_width(head_width):
    q, k = normal(2, 1, 1, 200, head_width, seed=0)
    assert attention_scores(q, k).var().item() == pytest.approx(1, abs=0.15)


@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 5), st.integers(1, 6))
def test_joining_undoes_splitting(B, H, T, K):
    x = normal(B, T, H * K, seed=0)
    assert torch.equal(merge_heads(split_heads(x, H)), x)


def test_heads_that_do_not_divide_are_refused():
    with pytest.raises(ValueError, match="7 does not divide into 2 heads"):
        MultiHeadAttention(7, 2)
    with pytest.raises(ValueError, match="4 query heads do not divide into 3 groups"):
        GroupedQueryAttention(8, 4, 3, 2)


def test_pooling_equal_heads_changes_nothing():
    layer = seeded(lambda: GroupedQueryAttention(12, 6, 6, 4, RoPE()), 0)
    for projection in (layer.to_k, layer.to_v):
        rows = projection.weight.data.view(2, 3, 4, 12)  # groups of three heads
        rows[:] = rows[:, :1].clone()
    x = normal(2, 5, 12, seed=1)
    pooled = pool_key_value_heads(layer, 2)
    torch.testing.assert_close(pooled(x)[0], layer(x)[0])
    assert pooled(x)[1].k.shape == (2, 2, 5, 4)
    assert layer.kv_heads == 6


def test_pooling_takes_the_mean_of_each_group():
    layer = seeded(lambda: GroupedQueryAttention(12, 4, 4, 3), 0)
    weight = layer.to_k.weight
    expected = torch.cat([(weight[0:3] + weight[3:6]) / 2, (weight[6:9] + weight[9:12]) / 2])
    torch.testing.assert_close(pool_key_value_heads(layer, 2).to_k.weight, expected)


def test_an_edit_changes_what_the_heads_write():
    layer = seeded(lambda: GroupedQueryAttention(12, 4, 2, 3), 0)
    x = normal(1, 5, 12, seed=1)
    y, trace = layer(x, edit=torch.zeros_like)
    assert not y.any()
    assert not trace.output.any()
