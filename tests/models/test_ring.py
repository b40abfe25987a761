from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.attention.dot_product import scaled_dot_product
from models.attention.masks import causal_mask
from models.attention.ring import (
    block_seconds,
    contiguous,
    ring_attention,
    sent_bytes,
    smallest_block,
    striped,
)
from models.seeding import normal


def heads(T: int, seed: int) -> list[torch.Tensor]:
    return [(2 * normal(2, 3, T, 4, seed=seed + index)).double() for index in range(3)]


@given(st.integers(1, 6), st.integers(0, 7), st.sampled_from([contiguous, striped]), st.booleans(), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_the_ring_gives_full_attention(P, more, deal, causal, seed):
    T = P + more  # the last blocks may be shorter
    q, k, v = heads(T, seed)
    found, turns = ring_attention(q, k, v, deal(T, P), causal=causal)
    torch.testing.assert_close(found, scaled_dot_product(q, k, v, causal_mask(T) if causal else None).output)
    pairs = sum(turn.pairs for turns_ in turns for turn in turns_)
    assert pairs == (T * (T + 1) // 2 if causal else T * T)


def test_every_device_meets_every_block_once_and_hands_it_to_the_next():
    _, turns = ring_attention(*heads(8, 0), contiguous(8, 4))
    origins = [[turn.origin for turn in round_] for round_ in turns]
    assert origins[0] == [0, 1, 2, 3]
    assert all(after == [before[-1], *before[:-1]] for before, after in pairwise(origins))
    assert all(sorted(met) == [0, 1, 2, 3] for met in zip(*origins))


def test_a_round_too_few_leaves_something_out():
    q, k, v = heads(8, 0)
    found, _ = ring_attention(q, k, v, contiguous(8, 4), rounds=3)
    exact = scaled_dot_product(q, k, v, causal_mask(8)).output
    assert (found - exact)[..., 6:, :].abs().max() > 0.01
    torch.testing.assert_close(found[..., :6, :], exact[..., :6, :])


def test_stripes_give_all_devices_the_same_work():
    def spread(deal) -> float:
        _, turns = ring_attention(*heads(32, 0), deal(32, 4))
        return max(max(t.pairs for t in r) - min(t.pairs for t in r) for r in turns)

    assert spread(striped) == 8, "a diagonal"
    assert spread(contiguous) == 64, "a whole block"


def test_costs_follow_the_formulas():
    assert sent_bytes(64, 4, K=16, kv_heads=8, bytes_each=2) == 2 * 16 * 8 * 16 * 2 * 3
    compute, pass_on = block_seconds(smallest_block(300.0, 2.0), d=8, F=300.0, B=2.0)
    assert compute == pytest.approx(pass_on)
