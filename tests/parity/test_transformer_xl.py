"""Relative attention of Transformer-XL: against XLNet's of transformers, which took it over, and a loop over the paper.

The library has dropped Transformer-XL itself.
"""

import math
from functools import partial

import pytest
import torch
import transformers
from torch import Tensor
from transformers.models.xlnet.modeling_xlnet import XLNetRelativeAttention

from models.attention.masks import causal_mask
from models.position.sinusoidal import sinusoidal_encoding
from models.seeding import generator, seeded
from models.transformer.transformer_xl import RelativeAttention, scores
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
close = partial(torch.testing.assert_close, atol=1e-9, rtol=1e-7)
B, T, M, H, K = 2, 5, 7, 3, 4
S, D = M + T, H * K


def doubles(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


def attention() -> RelativeAttention:
    layer = seeded(lambda: RelativeAttention(D, H), 0).double()
    redraw(layer, 1)
    return layer


def by_the_paper(layer: RelativeAttention, h: Tensor, m: Tensor) -> Tensor:
    """The four terms (a) to (d) for one pair of positions at a time, then softmax over those that are not ahead."""
    seen, found = torch.cat([m, h], dim=1), torch.zeros(B, T, H, K, dtype=h.dtype)
    for b in range(B):
        for n in range(H):
            rows = slice(n * K, (n + 1) * K)
            w_q, w_k, w_v, w_r = (p.weight[rows] for p in (layer.to_q, layer.to_k, layer.to_v, layer.to_r))
            for i in range(T):
                q, a = w_q @ h[b, i], []
                for j in range(M + i + 1):
                    r = w_r @ sinusoidal_encoding(torch.tensor([M + i - j]), D)[0].double()
                    k = w_k @ seen[b, j]
                    a.append((q @ k + q @ r + layer.u[n] @ k + layer.v[n] @ r) / math.sqrt(K))
                weights = torch.stack(a).softmax(dim=0)
                found[b, i, n] = weights @ (seen[b, : M + i + 1] @ w_v.T)
    return layer.to_out(found.flatten(2))


@torch.no_grad()
def test_the_papers_terms_one_by_one(monkeypatch):
    layer, h, m = attention(), doubles(B, T, D, seed=2), doubles(B, M, D, seed=3)
    monkeypatch.setattr("models.transformer.transformer_xl.sinusoidal_encoding",
                        lambda *given: sinusoidal_encoding(*given).double())  # fmt: skip
    y, weights = layer(h, m)
    close(y, by_the_paper(layer, h, m))
    assert weights.shape == (B, H, T, S)
    layer.u.data, layer.v.data = layer.v.data, layer.u.data
    assert not torch.allclose(layer(h, m)[0], y, atol=1e-3)


@torch.no_grad()
def test_xlnet():
    theirs = XLNetRelativeAttention(transformers.XLNetConfig(d_model=D, n_head=H, d_inner=7, n_layer=1)).double().eval()
    u, v = doubles(H, K, seed=4), doubles(H, K, seed=5)
    theirs.r_w_bias.data, theirs.r_r_bias.data = u, v
    q, k, values = (doubles(B, H, n, K, seed=seed) for n, seed in ((T, 6), (S, 7), (S, 8)))
    r = doubles(H, S + 1, K, seed=9)  # offsets S … 0; ours begins at S − 1
    mask = causal_mask(T, M)
    outward = lambda x: x.permute(2, 0, 1, 3)
    expected, probabilities = theirs.rel_attn_core(
        outward(q), outward(k), outward(values), r.permute(1, 0, 2)[:, None].expand(-1, B, -1, -1),
        attn_mask=(~mask).double()[:, :, None, None].expand(-1, -1, B, H), output_attentions=True,
    )  # fmt: skip
    a = scores(q, k, r[:, 1:], u, v) / math.sqrt(K)
    weights = a.masked_fill(~mask, -math.inf).softmax(dim=-1)
    close(weights, probabilities.permute(2, 3, 0, 1))
    close(weights @ values, expected.permute(1, 2, 0, 3))
    late = scores(q, k, r[:, :-1], u, v) / math.sqrt(K)  # every offset one too large
    assert not torch.allclose(late.masked_fill(~mask, -math.inf).softmax(dim=-1), weights, atol=1e-3)
