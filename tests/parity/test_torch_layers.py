"""Every layer that torch has, compared in float64 at odd sizes."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from models.attention.dot_product import scaled_dot_product
from models.attention.fused import fused, unwatched
from models.attention.grouped_query import GroupedQueryAttention, repeat_kv
from models.attention.masks import causal_mask, sliding_window_mask
from models.attention.multi_head import MultiHeadAttention
from models.layers.rmsnorm import RMSNorm
from models.layers.softmax import naive_softmax, softmax, softmax_jacobian
from models.layers.swiglu import SwiGLU
from models.position.alibi import ALiBi, slopes
from models.seeding import generator, normal, seeded
from models.transformer.decoder import Decoder, DecoderConfig
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
sizes = settings(max_examples=25)
small = st.integers(1, 9)


def doubles(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


@sizes
@given(small, small, st.integers(0, 99))
def test_softmax(rows, choices, seed):
    z = 5 * doubles(rows, choices, seed=seed)
    for ours in (softmax, naive_softmax):
        torch.testing.assert_close(ours(z), z.softmax(dim=-1))


@sizes
@given(st.integers(1, 7), st.integers(0, 99))
def test_softmax_jacobian(choices, seed):
    z = doubles(choices, seed=seed)
    torch.testing.assert_close(softmax_jacobian(softmax(z)), torch.autograd.functional.jacobian(softmax, z))


@sizes
@given(small, small, st.integers(0, 99))
def test_rmsnorm(rows, width, seed):
    ours, theirs = RMSNorm(width).double(), nn.RMSNorm(width, eps=1e-6).double()
    redraw(ours, seed)
    theirs.load_state_dict(ours.state_dict())
    torch.testing.assert_close(ours(a := doubles(rows, width, seed=seed)), theirs(a))


def test_swiglu_is_silu_times_value():
    ours = seeded(lambda: SwiGLU(7, 5), 0).double()
    x = doubles(2, 3, 7, seed=0)
    gate, value = x @ ours.to_gate.weight.T, x @ ours.to_value.weight.T
    torch.testing.assert_close(ours(x)[0], (functional.silu(gate) * value) @ ours.to_out.weight.T)


@sizes
@given(st.integers(1, 3), st.integers(1, 4), small, small, st.sampled_from(["none", "causal", "window", "bias"]))
def test_scaled_dot_product(B, H, T, K, kind):
    q, k, v = doubles(3, B, H, T, K, seed=T)
    mask = {"causal": causal_mask(T), "window": sliding_window_mask(T, 2)}.get(kind)
    bias = doubles(H, T, T, seed=1) if kind == "bias" else None
    theirs = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask if bias is None else bias)
    torch.testing.assert_close(scaled_dot_product(q, k, v, mask, bias).output, theirs)


@sizes
@given(st.integers(1, 3), st.integers(1, 4), small, st.integers(1, 5), st.booleans())
def test_multi_head_attention(B, H, T, K, crosses):
    D = H * K
    ours = seeded(lambda: MultiHeadAttention(D, H), 0).double()
    redraw(ours, seed=T)
    theirs = nn.MultiheadAttention(D, H, bias=False, batch_first=True).double()
    theirs.in_proj_weight.data = torch.cat([ours.to_q.weight, ours.to_k.weight, ours.to_v.weight])
    theirs.out_proj.weight.data = ours.to_out.weight
    x = doubles(B, T, D, seed=1)
    source = doubles(B, T + 3, D, seed=2) if crosses else x
    mask = None if crosses else causal_mask(T)
    y, trace = ours(x, mask, source)
    forbidden = None if mask is None else ~mask
    expected, weights = theirs(x, source, source, attn_mask=forbidden, average_attn_weights=False)
    torch.testing.assert_close(y, expected)
    torch.testing.assert_close(trace.weights, weights)


@sizes
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), small, st.integers(1, 5))
def test_grouped_query_attention(B, G, per_group, T, K):
    H, D = G * per_group, 7
    ours = seeded(lambda: GroupedQueryAttention(D, H, G, K), 0).double()
    redraw(ours, seed=T)
    y, trace = ours(x := doubles(B, T, D, seed=3), causal_mask(T))
    mixed = functional.scaled_dot_product_attention(trace.q, trace.k, trace.v, is_causal=True, enable_gqa=True)
    torch.testing.assert_close(y, mixed.transpose(1, 2).flatten(2) @ ours.to_out.weight.T)
    torch.testing.assert_close(trace.q, (x @ ours.to_q.weight.T).view(B, T, H, K).transpose(1, 2))


def test_a_wrong_order_of_shared_heads_is_caught():
    q, k = doubles(1, 6, 4, 5, seed=0), doubles(1, 3, 4, 5, seed=1)
    theirs = functional.scaled_dot_product_attention(q, k, k, enable_gqa=True)
    torch.testing.assert_close(scaled_dot_product(q, repeat_kv(k, 6), repeat_kv(k, 6)).output, theirs)
    tiled = k.repeat(1, 2, 1, 1)  # heads 0 1 2 0 1 2 and not 0 0 1 1 2 2
    assert not torch.allclose(scaled_dot_product(q, tiled, tiled).output, theirs)


@pytest.mark.parametrize("heads", [1, 2, 3, 6, 8, 12, 16])
def test_alibi_slopes(heads):
    import transformers.models.bloom.modeling_bloom as transformers

    theirs = transformers.build_alibi_tensor(torch.ones(1, 3), heads, torch.float32)  # slope · position
    torch.testing.assert_close(slopes(heads), theirs[:, 0, 1])


def test_alibi_in_attention_equals_flex_attention():
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention

    B, H, T, K = 2, 6, 13, 8
    q, k, v = normal(3, B, H, T, K, seed=0)
    where, slope = torch.arange(T), slopes(H)
    ours = scaled_dot_product(q, k, v, causal_mask(T), ALiBi().bias(where, where, H)).output
    causal = create_block_mask(lambda b, h, i, j: j <= i, None, None, T, T, device="cpu")
    theirs = flex_attention(q, k, v, lambda score, b, h, i, j: score + slope[h] * (j - i), block_mask=causal)
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("bias", [None, normal(3, 7, 7, seed=5).double()], ids=["no bias", "bias"])
@pytest.mark.parametrize("mask", [None, causal_mask(7), sliding_window_mask(7, 3)], ids=["none", "causal", "window"])
def test_the_kernel_that_keeps_no_maps_gives_the_same_outputs(mask, bias):
    q, k, v = (doubles(2, 3, 7, 5, seed=seed) for seed in range(3))
    torch.testing.assert_close(fused(q, k, v, mask, bias).output, scaled_dot_product(q, k, v, mask, bias).output)


def test_a_model_that_nobody_looks_into_says_the_same_also_from_a_cache():
    sizes = DecoderConfig(vocabulary=40, width=24, layers=2, heads=6, kv_heads=2, head_width=4, hidden=32, context=16)
    model = seeded(lambda: Decoder(sizes), 1).double()
    redraw(model, 2)
    ids = torch.arange(11)[None] * 3 % 40
    whole = model(ids)[0]
    torch.testing.assert_close(unwatched(model)(ids)[0], whole)
    cache = model.new_cache()
    steps = torch.cat([unwatched(model)(ids[:, at : at + 1], cache)[0] for at in range(11)], dim=1)
    torch.testing.assert_close(steps, whole)
