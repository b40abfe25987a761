"""Every shape comment of the transformer's files, executed; all sizes differ, so that no axis can pass for another."""

from types import ModuleType

import pytest
import torch

from models.attention import dot_product, grouped_query, masks, multi_head
from models.layers import no_feed_forward, rmsnorm, softmax, swiglu
from models.position import alibi, learned, rope, scheme, sinusoidal
from models.routing import balance, mixture_of_experts
from models.seeding import normal, seeded
from models.serving import kv_cache
from models.transformer import decoder
from tests.shape_comments import annotated_lines, check_fields, functions_of, shapes_checked

B, T, D, H, G, K, F, E, V, L = 2, 5, 18, 6, 3, 4, 7, 9, 11, 1
CONFIG = decoder.DecoderConfig(V, D, L, H, G, K, F, context=T)


def run_dot_product() -> None:
    q, k, v = normal(B, H, T, K, seed=0), normal(B, H, T + 3, K, seed=1), normal(B, H, T + 3, K, seed=2)
    trace = dot_product.scaled_dot_product(q, k, v, torch.ones(T, T + 3, dtype=torch.bool), torch.zeros(T, T + 3))
    assert check_fields(trace, B=B, H=H, T=T, S=T + 3, K=K) == 3


def run_multi_head() -> None:
    layer = seeded(lambda: multi_head.MultiHeadAttention(D, H), 0)
    _, trace = layer(normal(B, T, D, seed=0), source=normal(B, T + 2, D, seed=1))
    assert check_fields(trace, B=B, H=H, G=H, T=T, S=T + 2, K=D // H) == 6


def run_grouped_query() -> None:
    layer = seeded(lambda: grouped_query.GroupedQueryAttention(D, H, G, K), 0)
    _, trace = layer(normal(B, T, D, seed=0))
    assert check_fields(trace, B=B, H=H, G=G, T=T, S=T, K=K) == 6


def run_masks() -> None:
    masks.causal_mask(T, offset=8)
    masks.sliding_window_mask(T, window=2, offset=8)


def run_positions() -> None:
    x, heads, where = normal(B, T, D, seed=0), normal(B, H, T, K, seed=0), torch.arange(T)
    held = sinusoidal.HeldSinusoidal(torch.arange(D // 2) > 2, torch.arange(T))
    for position in (sinusoidal.Sinusoidal(), held, alibi.ALiBi(), rope.RoPE(), learned.LearnedPosition(T, D)):
        assert position.embed(x, where).shape == x.shape
        assert position.turn(heads, where).shape == heads.shape
        bias = position.bias(where, torch.arange(T + 8), H)
        assert bias is None or bias.shape == (H, T, T + 8)


def run_swiglu() -> None:
    _, trace = seeded(lambda: swiglu.SwiGLU(D, F), 0)(normal(B, T, D, seed=0))
    assert check_fields(trace, F=F) == 2


def run_mixture() -> None:
    _, trace = seeded(lambda: mixture_of_experts.SparseMoE(D, F, E, k=3), 0)(normal(B, T, D, seed=0))
    assert check_fields(trace, B=B, T=T, E=E, D=D, k=3) == 4
    balance.load_balancing_loss(trace)


def run_decoder() -> None:
    _, trace = seeded(lambda: decoder.Decoder(CONFIG), 0)(torch.zeros(B, T, dtype=torch.long))
    assert check_fields(trace, B=B, T=T, D=D) == 1
    assert check_fields(trace.blocks[0], B=B, T=T, D=D) == 1


KNOWN = {"B": B, "T": T, "D": D, "F": F, "E": E}
CASES = [
    pytest.param([dot_product], run_dot_product, {"B": B, "H": H, "T": T, "S": T + 3, "K": K}, id="dot_product"),
    pytest.param([multi_head], run_multi_head, {"B": B, "T": T, "S": T + 2, "D": D, "H": H}, id="multi_head"),
    pytest.param([grouped_query], run_grouped_query, KNOWN | {"H": H, "G": G, "K": K}, id="grouped_query"),
    pytest.param([masks], run_masks, {"T": T, "S": T + 8}, id="masks"),
    pytest.param([scheme, rope, sinusoidal, alibi, learned], run_positions, {"T": T, "D": D}, id="position"),
    pytest.param([swiglu], run_swiglu, KNOWN, id="swiglu"),
    pytest.param([mixture_of_experts, balance], run_mixture, KNOWN | {"k": 3}, id="mixture_of_experts"),
    pytest.param([decoder], run_decoder, KNOWN, id="decoder"),
]


@pytest.mark.parametrize(("modules", "run", "sizes"), CASES)
def test_shape_comments_are_true(modules, run, sizes):
    with shapes_checked(*modules, **sizes) as watch:
        run()
    assert watch.reached
    assert not watch.unreached()


def test_files_without_a_case_have_no_shape_comments():
    bare: list[ModuleType] = [softmax, rmsnorm, no_feed_forward, kv_cache]
    assert not [line for module in bare for function in functions_of(module) for line in annotated_lines(function)]


def lying(x):
    y = x @ x.transpose(-1, -2)  # (B, T, D)
    z = x * 1  # (B, T, D)
    return y, z


def overwritten(x):
    y = x[:, :3]  # (B, T, D)
    y = y.sum()
    return x, y


def test_a_lie_is_caught():
    with pytest.raises(AssertionError, match="D is 5"), shapes_checked(lying):
        lying(torch.zeros(2, 5, 3))


def test_a_line_is_held_against_its_own_value_and_not_the_last():
    with shapes_checked(overwritten, T=3) as watch:
        overwritten(torch.zeros(2, 5, 3))
    assert not watch.unreached()


def test_a_named_size_must_be_met():
    with pytest.raises(AssertionError, match="T is 4"), shapes_checked(overwritten, T=4):
        overwritten(torch.zeros(2, 5, 3))
