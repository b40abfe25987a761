"""Multi-head attention as its page tells it: equal to torch's, and to the sum of what each head writes alone."""

import pytest
import torch
from torch import nn

from models.attention.dot_product import scaled_dot_product
from models.attention.masks import causal_mask
from models.attention.multi_head import MultiHeadAttention, merge_heads
from models.seeding import normal, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
WIDTH, HEADS, TOKENS = 15, 3, 7


def layers() -> tuple[MultiHeadAttention, nn.MultiheadAttention]:
    ours = seeded(lambda: MultiHeadAttention(WIDTH, HEADS), 0).double()
    redraw(ours, seed=1)
    theirs = nn.MultiheadAttention(WIDTH, HEADS, bias=False, batch_first=True).double()
    theirs.in_proj_weight.data = torch.cat([ours.to_q.weight, ours.to_k.weight, ours.to_v.weight])
    theirs.out_proj.weight.data = ours.to_out.weight
    return ours, theirs


@torch.no_grad()
def test_a_wrong_split_into_heads_is_caught():
    ours, theirs = layers()
    x, mask = normal(2, TOKENS, WIDTH, seed=2).double(), causal_mask(TOKENS)
    expected, _ = theirs(x, x, x, attn_mask=~mask)
    torch.testing.assert_close(ours(x, mask)[0], expected)
    # Head i takes every third feature, not five neighbours.
    q, k, v = (layer(x).unflatten(-1, (-1, HEADS)).permute(0, 3, 1, 2) for layer in (ours.to_q, ours.to_k, ours.to_v))
    wrong = ours.to_out(merge_heads(scaled_dot_product(q, k, v, mask).output))
    assert not torch.allclose(wrong, expected)


@torch.no_grad()
def test_joining_is_adding_what_each_head_writes():
    ours, _ = layers()
    y, trace = ours(normal(2, TOKENS, WIDTH, seed=3).double())
    rows = ours.to_out.weight.T.unflatten(0, (HEADS, -1))  # each head's own rows of Wᴼ
    torch.testing.assert_close(torch.einsum("bhtk,hkd->btd", trace.output, rows), y)
