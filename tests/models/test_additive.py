"""Dot, bilinear and additive scores, and what the additive one loses without its tanh."""

import torch

from models.attention import additive, partner_training
from models.attention.additive import additive_score, bilinear_score, dot_score
from models.seeding import generator, normal
from tests.shape_comments import shapes_checked

T, S, K, A = 3, 5, 4, 7
Q, KEYS, W_Q, W_K, C, U = (
    normal(T, K, seed=0),
    normal(S, K, seed=1),
    normal(K, A, seed=2),
    normal(K, A, seed=3),
    normal(A, seed=6),
    normal(A, seed=4),
)


def test_shape_comments_are_true():
    with shapes_checked(additive, T=T, S=S, K=K, A=A) as watch:
        additive_score(Q, KEYS, W_Q, W_K, C, U)
    assert watch.reached
    assert not watch.unreached()


def test_scores_are_those_of_one_pair_at_a_time():
    w = normal(K, K, seed=5)
    for i in range(T):
        for j in range(S):
            pair = U @ torch.tanh(W_Q.T @ Q[i] + W_K.T @ KEYS[j] + C)
            torch.testing.assert_close(additive_score(Q, KEYS, W_Q, W_K, C, U)[i, j], pair)
            torch.testing.assert_close(bilinear_score(Q, KEYS, w)[i, j], Q[i] @ w @ KEYS[j])
    torch.testing.assert_close(bilinear_score(Q, KEYS, torch.eye(K)), dot_score(Q, KEYS))


def test_without_tanh_all_queries_are_one():
    weights = additive_score(Q, KEYS, W_Q, W_K, C, U, torch.clone).softmax(-1)
    torch.testing.assert_close(weights, weights[:1].expand_as(weights))


def test_a_matrix_learns_which_key_belongs_to_which_query():
    draws = generator(0)
    turn = partner_training.rotation(4, draws)
    torch.testing.assert_close(turn @ turn.T, torch.eye(4))
    with shapes_checked(partner_training, N=64, K=4) as watch:
        pairs = partner_training.partners(64, turn, draws)
    assert watch.reached
    torch.testing.assert_close(pairs.q.norm(dim=-1), torch.full((64,), 2.0))
    learned = partner_training.untrained(4, 8, draws, "cpu")
    assert list(partner_training.training(learned, pairs, "full", torch.tanh, 150, 0)) == list(range(1, 151))
    q, k = (part[:6] for part in pairs)
    found = bilinear_score(q, k, learned.w).argmax(dim=-1) == torch.arange(6)
    assert found.float().mean() > 0.8
