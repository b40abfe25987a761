"""Latent attention against transformers' DeepSeek-V2, whose rotary pairs are neighbours too."""

import pytest
import torch
import transformers
from torch import nn

from models.attention.latent import AbsorbedLatentAttention, MultiHeadLatentAttention
from models.attention.masks import causal_mask
from models.layers.rmsnorm import RMSNorm
from models.position.rope import RoPE
from models.seeding import normal, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
D, H, K, R, P, T = 30, 3, 5, 7, 4, 9


def theirs(x: torch.Tensor) -> tuple[nn.Module, torch.Tensor]:
    from transformers.models.deepseek_v2.modeling_deepseek_v2 import DeepseekV2Attention, DeepseekV2RotaryEmbedding

    config = transformers.DeepseekV2Config(
        hidden_size=D, num_attention_heads=H, num_key_value_heads=H, q_lora_rank=None, kv_lora_rank=R,
        qk_nope_head_dim=K, qk_rope_head_dim=P, v_head_dim=K, head_dim=P, attention_bias=False,
    )  # fmt: skip
    config._attn_implementation = "eager"
    attention = DeepseekV2Attention(config, layer_idx=0).double()
    redraw(attention, seed=1)
    turn = DeepseekV2RotaryEmbedding(config)(x, torch.arange(T)[None])
    mask = torch.zeros(T, T, dtype=x.dtype).masked_fill(~causal_mask(T), -torch.inf)[None, None]
    return attention, attention(x, attention_mask=mask, position_embeddings=turn)[0]


def ours(form: type[MultiHeadLatentAttention], source: nn.Module, base: float = 10_000.0) -> MultiHeadLatentAttention:
    made = seeded(lambda: form(D, H, K, R, P, RoPE(base), RMSNorm(R)), 0).double()
    q = source.q_proj.weight.unflatten(0, (H, K + P))
    down, rotary = source.kv_a_proj_with_mqa.weight.split([R, P])
    up = source.kv_b_proj.weight.unflatten(0, (H, 2 * K))
    weights = {
        "to_q.weight": q[:, :K].flatten(0, 1), "to_q_rotary.weight": q[:, K:].flatten(0, 1),
        "to_latent.weight": down, "to_rotary_key.weight": rotary, "norm.weight": source.kv_a_layernorm.weight,
        "to_k.weight": up[:, :K].flatten(0, 1), "to_v.weight": up[:, K:].flatten(0, 1),
        "to_out.weight": source.o_proj.weight,
    }  # fmt: skip
    made.load_state_dict(weights)
    return made


@torch.no_grad()
@pytest.mark.parametrize("form", [MultiHeadLatentAttention, AbsorbedLatentAttention])
def test_deepseek_v2(form):
    x = normal(2, T, D, seed=0).double()
    source, expected = theirs(x)
    torch.testing.assert_close(ours(form, source)(x, causal_mask(T))[0], expected, atol=1e-5, rtol=1e-5)
    wrong_base = ours(form, source, base=500.0)
    assert not torch.allclose(wrong_base(x, causal_mask(T))[0], expected, atol=1e-3)
    wrong_scale = ours(form, source)
    wrong_scale.scale = K**0.5
    assert not torch.allclose(wrong_scale(x, causal_mask(T))[0], expected, atol=1e-3)
