"""Compressed sparse attention against literal loops, and its limits: one token an entry and all picked is attention."""

import math

import torch

from app.experiments.attention.compressed_sparse.run import HELD, held_bytes
from models.attention import compressed_sparse
from models.attention.compressed_sparse import (
    compressed_sparse_attention,
    core_multiplications,
    indexer_multiplications,
    kept_numbers,
)
from models.attention.masks import causal_mask
from models.attention.sparse_selection import SparseSelection, selection_loss
from models.data.asked_tokens import FACTS, LOCAL, NEAR, NEEDLE, A, C, asked_tokens
from models.language.pretrained_text_models import sparse_selection
from models.seeding import normal, seeded
from tests.shape_comments import check_fields, shapes_checked

B, T, K, Q, m, k, W = 2, 12, 5, 3, 4, 2, 3
q, c = normal(B, T, K, seed=0), normal(B, T, K, seed=1)
z, q_index, c_index = normal(B, T, seed=2), normal(B, T, Q, seed=3), normal(B, T, Q, seed=4)


def by_loops() -> torch.Tensor:
    """Every stream and query alone, with lists."""
    y = torch.zeros(B, T, K)
    for b in range(B):
        entries, index_keys = [], []
        for i in range(T // m):
            block = range(i * m, (i + 1) * m)
            total = sum(math.exp(z[b, j]) for j in block)
            entries.append(sum(math.exp(z[b, j]) / total * c[b, j] for j in block))
            index_keys.append(sum(math.exp(z[b, j]) / total * c_index[b, j] for j in block))
        for t in range(T):
            whole = [i for i in range(T // m) if (i + 1) * m <= t + 1]
            best = sorted(whole, key=lambda i: -max(0.0, float(q_index[b, t] @ index_keys[i])))[:k]
            seen = [entries[i] for i in best] + [c[b, s] for s in range(max(0, t - W + 1), t + 1)]
            weights = torch.stack([q[b, t] @ vector for vector in seen]).softmax(dim=0)
            y[b, t] = sum(weight * vector for weight, vector in zip(weights, seen, strict=True))
    return y


def test_it_is_what_the_loops_say():
    trace = compressed_sparse_attention(q, c, z, q_index, c_index, m, k, W)
    torch.testing.assert_close(trace.read, by_loops())
    assert not torch.allclose(compressed_sparse_attention(q, c, z, q_index, c_index, m, k, W + 1).read, by_loops())


def test_one_token_an_entry_and_all_picked_is_causal_attention():
    trace = compressed_sparse_attention(q, c, z, q_index, c_index, 1, T, 0)
    scores = (q @ c.mT).masked_fill(~causal_mask(T), -math.inf)
    torch.testing.assert_close(trace.read, scores.softmax(dim=-1) @ c)


def test_the_future_is_not_seen():
    changed = c.clone()
    changed[:, 9:] += 5
    before, after = (compressed_sparse_attention(q, x, z, q_index, x[..., :Q], m, k, W).read for x in (c, changed))
    torch.testing.assert_close(after[:, :9], before[:, :9])


def test_what_is_asked_for_is_planted():
    asked = asked_tokens(16, 64, seed=0)
    fact = asked.fact
    assert abs(fact.float().mean() - FACTS) < 0.05
    t = torch.arange(64).expand(16, -1)
    needles, local = asked.kind == NEEDLE, asked.kind == LOCAL
    assert fact.gather(1, asked.target)[needles].all()
    assert ((t - asked.target)[local] < NEAR).all()
    assert (asked.target < t)[asked.kind >= 0].all()


def test_the_trained_gates_count_facts_more_than_other_tokens():
    asked = asked_tokens(16, 64, seed=1)
    z = sparse_selection(4)(asked.x, asked.sought)[0]
    assert z[asked.fact].mean() > z[~asked.fact].mean() + 2


def test_the_losses_reach_gates_and_indexer():
    model = seeded(lambda: SparseSelection(4), 0)
    selection_loss(model, asked_tokens(2, 32, seed=0), 4, 4).backward()
    assert all(weight.grad is not None and weight.grad.abs().max() > 0 for weight in model.parameters())


def test_the_bytes_kept_are_those_of_the_formula():
    kept, full = held_bytes(4, 8, 2)
    assert (kept, full) == (4 * kept_numbers(HELD, A + C, 2, 4, 8), 4 * HELD * (A + C))


def test_counts():
    assert kept_numbers(12, K, Q, m, W) == 3 * (K + Q) + W * K
    assert core_multiplications(K, k, W) == 2 * K * 5
    assert indexer_multiplications(12, Q, m) == 9


def test_shape_comments_are_true():
    with shapes_checked(compressed_sparse, B=B, T=T, K=K, E=T // m, m=m, Q=Q) as watch:
        trace = compressed_sparse_attention(q, c, z, q_index, c_index, m, k, W)
    assert watch.reached
    assert check_fields(trace, B=B, T=T, K=K, E=T // m, m=m) == 5
