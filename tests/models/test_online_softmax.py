import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.attention.online_softmax import (
    fold,
    merge,
    no_rescaling,
    nothing_yet,
    one_pass,
    online_softmax,
    weighted_mean,
)
from models.cost.hbm_traffic import (
    SlowMemory,
    naive_mean_with,
    naive_with,
    online_mean_with,
    online_with,
    safe_mean_with,
    safe_with,
)
from models.seeding import normal


@given(st.integers(1, 40), st.integers(0, 99), st.sampled_from([1.0, 30.0, 300.0]))
@settings(max_examples=40)
def test_one_pass_is_the_softmax_of_any_scores(length, seed, spread):
    z = (spread * normal(3, length, seed=seed)).double()
    torch.testing.assert_close(online_softmax(z), z.softmax(dim=-1))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(0, 99))
@settings(max_examples=40)
def test_blocks_fold_and_pieces_merge_to_attention(blocks, seed):
    s, v = normal(2, 4, sum(blocks), seed=seed).double(), normal(2, sum(blocks), 3, seed=seed + 1).double()
    parts = list(zip(s.split(blocks, dim=-1), v.split(blocks, dim=-2)))
    start = nothing_yet(s[..., 0], 3)
    folded = merged = start
    for scores, values in parts:
        folded = fold(folded, scores, values)
        merged = merge(fold(start, scores, values), merged)
    exact = s.softmax(dim=-1) @ v
    torch.testing.assert_close(weighted_mean(folded), exact)
    torch.testing.assert_close(weighted_mean(merged), exact)


def test_a_block_in_which_all_is_masked_changes_nothing():
    s, v = normal(4, 6, seed=0), normal(6, 3, seed=1)
    hidden = torch.full((4, 2), -math.inf)
    start = nothing_yet(s[:, 0], 3)
    late = fold(fold(start, s, v), hidden, normal(2, 3, seed=2))
    early = fold(fold(start, hidden, normal(2, 3, seed=2)), s, v)
    for state in (late, early):
        torch.testing.assert_close(weighted_mean(state), s.softmax(dim=-1) @ v)


def test_the_factor_is_one_unless_a_larger_score_comes():
    steps = one_pass(torch.tensor([1.0, 0.0, 2.0, 2.0, -5.0]))
    assert steps.factor.tolist() == pytest.approx([0, 1, math.exp(-1), 1, 1])
    assert steps.m.tolist() == [1, 1, 2, 2, 2]


def test_without_rescaling_the_sum_is_wrong():
    z = torch.tensor([0.0, 3.0])
    assert one_pass(z, no_rescaling).d[-1] == pytest.approx(2)
    assert online_softmax(z, no_rescaling).sum() < 0.6


@pytest.mark.parametrize(
    ("whole", "mean", "counted"),
    [
        (naive_with, naive_mean_with, (3, 1)),
        (safe_with, safe_mean_with, (4, 2)),
        (online_with, online_mean_with, (3, 1)),
    ],
)
def test_accesses_are_counted_as_the_paper_counts_them(whole, mean, counted):
    z, v = normal(10, seed=0), normal(10, 3, seed=1)
    first, second = SlowMemory(), SlowMemory()
    torch.testing.assert_close(whole(first, z), z.softmax(dim=0))
    torch.testing.assert_close(mean(second, z, v), z.softmax(dim=0) @ v)
    assert (first.accesses / 10, second.accesses / 10) == counted
