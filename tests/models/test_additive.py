"""Dot, bilinear and additive scores, and what the additive one loses without its tanh."""

import torch

from models.attention import additive
from models.attention.additive import additive_score, bilinear_score, dot_score
from models.seeding import normal
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
