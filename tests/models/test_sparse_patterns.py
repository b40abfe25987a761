"""Sparse patterns against double loops, and shortest paths against networkx."""

import networkx as nx
import torch

from app.experiments.attention.sparse_patterns.run import PatternControls, combined
from models.attention import sparse_patterns
from models.attention.sparse_patterns import global_tokens, hops, random_links, window
from tests.shape_comments import shapes_checked

T, w, N, R = 19, 2, 1, 3


def test_patterns_are_what_a_double_loop_says():
    near, first = window(T, w), global_tokens(T, N)
    for i in range(T):
        for j in range(T):
            assert near[i, j] == (abs(i - j) <= w)
            assert first[i, j] == (i < N or j < N)
    assert torch.equal(random_links(T, R, 0).sum(dim=1), torch.full((T,), R))
    assert not random_links(T, R, 0).equal(random_links(T, R, 1))


def test_hops_are_shortest_paths():
    A = window(T, w) | random_links(T, 1, 5)
    graph = nx.from_numpy_array(A.T.numpy(), create_using=nx.DiGraph)  # news runs from the key to the query
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    expected = torch.tensor([[lengths[j].get(i, -1) for j in range(T)] for i in range(T)])
    assert torch.equal(hops(A), expected)


def test_no_path_is_minus_one():
    assert hops(torch.tensor([[True, False], [True, True]])).tolist() == [[0, -1], [1, 0]]


def test_shape_comments_are_true():
    with shapes_checked(sparse_patterns, T=T, R=R) as watch:
        random_links(T, R, 0)
    assert watch.reached


def test_a_global_token_at_either_end_puts_any_two_tokens_two_layers_apart():
    for at in ("the start", "the end"):
        assert hops(combined(24, PatternControls(at=at, random=0))).max() == 2
    assert hops(combined(24, PatternControls(first=0, random=0))).max() == 6
