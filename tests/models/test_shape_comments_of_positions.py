"""The shape comments of the stretched and the relative position schemes, executed."""

import torch

from models.position import longrope_search, offset_reader, relative_bias
from models.position import similarity as likeness
from models.position.rope import frequencies
from models.seeding import normal, seeded
from tests.shape_comments import check_fields, shapes_checked

B, T, D, H, K, C, V, P = 2, 5, 12, 3, 4, 7, 11, 6


def test_shape_comments_are_true():
    with shapes_checked(relative_bias, B=B, H=H, T=T, S=T, K=K, C=C) as watch:
        here = torch.arange(T)
        relative_bias.T5Bias(H).bias(here, here, H)
        for causal in (True, False):
            relative_bias.StackBias(H, 8, 16, causal)(T)
        relative_bias.RelativeKeys(K, C - 1).term(normal(B, H, T, K, seed=0), here, here)
    assert watch.reached
    assert not watch.unreached()


def test_the_reader_s_shapes():
    with shapes_checked(offset_reader, B=B, T=T, D=D, V=V) as watch:
        model = seeded(lambda: offset_reader.OffsetReader(V, D, relative_bias.T5Bias(1)), 0)
        _, trace = model(torch.zeros(B, T, dtype=torch.long), torch.arange(T))
    assert check_fields(trace, B=B, T=T, D=D) == 5
    assert not watch.unreached()


def test_the_likeness_s_shapes():
    with shapes_checked(likeness, T=T, D=D) as watch:
        likeness.cosines(normal(T, D, seed=0))
    assert not watch.unreached()


def test_the_search_s_shapes():
    with shapes_checked(longrope_search, T=T, P=P) as watch:
        scheme = longrope_search.LongRoPE(frequencies(2 * P), longrope_search.Candidate(torch.ones(P), 2))
        scheme.turn(normal(B, H, T, 2 * P, seed=0), torch.arange(T))
    assert watch.reached
    assert not watch.unreached()
