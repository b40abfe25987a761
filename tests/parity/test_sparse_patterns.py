"""A window with global tokens against transformers' Longformer, whose global projections are set to the others."""

import pytest
import torch
import transformers

from models.attention.dot_product import scaled_dot_product
from models.attention.multi_head import merge_heads, split_heads
from models.attention.sparse_patterns import global_tokens, window
from models.seeding import normal
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
T, D, H, REACH, GLOBAL = 24, 12, 3, 2, 2


@torch.no_grad()
def test_longformer():
    from transformers.models.longformer.modeling_longformer import LongformerSelfAttention

    config = transformers.LongformerConfig(
        hidden_size=D, num_attention_heads=H, attention_window=[2 * REACH], attention_probs_dropout_prob=0.0
    )
    theirs = LongformerSelfAttention(config, layer_id=0).double().eval()
    redraw(theirs, seed=1)
    for name in ("query", "key", "value"):
        getattr(theirs, f"{name}_global").load_state_dict(getattr(theirs, name).state_dict())
    x = normal(1, T, D, seed=0).double()
    first = torch.arange(T)[None] < GLOBAL
    expected = theirs(
        x,
        attention_mask=torch.zeros(1, T, dtype=x.dtype).masked_fill(first, 10_000.0),
        is_index_masked=torch.zeros(1, T, dtype=torch.bool),
        is_index_global_attn=first,
        is_global_attn=True,
    )[0]
    q, k, v = (split_heads(getattr(theirs, name)(x), H) for name in ("query", "key", "value"))
    pattern = window(T, REACH) | global_tokens(T, GLOBAL)
    ours = merge_heads(scaled_dot_product(q, k, v, pattern).output)
    torch.testing.assert_close(ours, expected, atol=5e-6, rtol=5e-6)  # their softmax is in single precision
    for wrong in (window(T, REACH), window(T, REACH + 1) | global_tokens(T, GLOBAL)):
        assert not torch.allclose(merge_heads(scaled_dot_product(q, k, v, wrong).output), expected, atol=1e-3)
