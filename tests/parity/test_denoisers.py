"""Blocks of the two denoisers against diffusers', with the same re-drawn weights; a changed rule is caught."""

import diffusers  # noqa: F401  (its submodules are read below)
import pytest
import torch
from diffusers.models.attention import FeedForward as TheirFeedForward
from diffusers.models.attention_processor import Attention
from diffusers.models.embeddings import get_timestep_embedding
from diffusers.models.normalization import AdaLayerNormZero
from diffusers.models.resnet import ResnetBlock2D
from torch.nn.functional import scaled_dot_product_attention, silu

from models.generative.cross_attention_unet import TokenAttention
from models.generative.diffusion_transformer import DiTBlock
from models.generative.digit_unet import ResidualBlock
from models.generative.timestep_embedding import timestep_embedding
from models.seeding import generator, normal

pytestmark = pytest.mark.parity
D, HEADS, F, T, B = 12, 3, 20, 7, 2
ORDER = (1, 0, 2, 4, 3, 5)
"""Theirs are shift, scale, gate; ours scale, shift, gate."""


def redrawn(module: torch.nn.Module, seed: int) -> torch.nn.Module:
    draws = generator(seed)
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.randn(weight.shape, generator=draws) * 1.5 / max(weight[0].numel(), 1) ** 0.5)
    return module.eval()


def close(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)


def test_a_dit_block_with_gates():
    ours = redrawn(DiTBlock(D, HEADS, F), 0)
    norm = AdaLayerNormZero(D, None)
    norm.norm.eps = ours.norm.eps
    attention = Attention(D, heads=HEADS, dim_head=D // HEADS, bias=True).eval()
    feed_forward = TheirFeedForward(D, activation_fn="gelu", inner_dim=F).eval()
    with torch.no_grad():
        modulation = ours.to_modulation
        norm.linear.weight.copy_(modulation.weight.view(6, D, D)[list(ORDER)].reshape(6 * D, D))
        norm.linear.bias.copy_(modulation.bias.view(6, D)[list(ORDER)].reshape(-1))
        for theirs, mine in (
            (attention.to_q, ours.attention.to_q), (attention.to_k, ours.attention.to_k),
            (attention.to_v, ours.attention.to_v), (attention.to_out[0], ours.attention.to_out),
            (feed_forward.net[0].proj, ours.feed_forward.to_hidden), (feed_forward.net[2], ours.feed_forward.to_out),
        ):  # fmt: skip
            theirs.load_state_dict(mine.state_dict())
    x, c = normal(B, T, D, seed=1), normal(B, D, seed=2)
    with torch.no_grad():
        normed, gate, shift, scale, ff_gate = norm(x, emb=c)
        h = x + gate[:, None] * attention(normed)
        inside = ours.norm(h) * (1 + scale[:, None]) + shift[:, None]
        expected = h + ff_gate[:, None] * feed_forward(inside)
        close(ours(x, silu(c))[0], expected)
        with pytest.raises(AssertionError):  # the condition without its SiLU
            close(ours(x, c)[0], expected)
        ours.to_modulation.bias.chunk(6)[0].add_(-1)  # γ in place of 1 + γ
        with pytest.raises(AssertionError):
            close(ours(x, silu(c))[0], expected)


def test_a_residual_block_with_adaptive_group_norm():
    C, W, E, groups = 6, 10, 9, 2
    ours = redrawn(ResidualBlock(C, W, E, groups, dropout=0.0), 3)
    theirs = ResnetBlock2D(
        in_channels=C, out_channels=W, temb_channels=E, groups=groups, eps=ours.norm_in.eps,
        time_embedding_norm="scale_shift", dropout=0.0,
    ).eval()  # fmt: skip
    for other, mine in (
        (theirs.norm1, ours.norm_in), (theirs.conv1, ours.conv_in), (theirs.time_emb_proj, ours.to_scale_and_shift),
        (theirs.norm2, ours.norm_out), (theirs.conv2, ours.conv_out), (theirs.conv_shortcut, ours.shortcut),
    ):  # fmt: skip
        other.load_state_dict(mine.state_dict())
    x, embedding = normal(B, C, 5, 5, seed=4), normal(B, E, seed=5)
    with torch.no_grad():
        expected = theirs(x, embedding)
        close(ours(x, silu(embedding)), expected)
        halves = ours.to_scale_and_shift.weight.chunk(2)
        ours.to_scale_and_shift.weight.copy_(torch.cat(halves[::-1]))  # shift taken for scale
        with pytest.raises(AssertionError):
            close(ours(x, silu(embedding)), expected)


def test_the_timestep_embedding():
    t = torch.tensor([1.0, 37.0, 999.0])
    close(timestep_embedding(t, 10), get_timestep_embedding(t, 10, downscale_freq_shift=0))
    with pytest.raises(AssertionError):
        close(timestep_embedding(t, 10), get_timestep_embedding(t, 10, flip_sin_to_cos=True, downscale_freq_shift=0))


def test_pixels_attend_to_tokens():
    C, N, E, S = 15, 3, 14, 2
    ours = redrawn(TokenAttention(C, E, 5), 3)
    h, tokens = normal(B, C, N, N, seed=1), normal(B, S, E, seed=2)
    with torch.no_grad():
        normed = torch.nn.functional.group_norm(h, 5, ours.norm.weight, ours.norm.bias)
        q, k, v = ours.to_query(normed.permute(0, 2, 3, 1).flatten(1, 2)), ours.to_key(tokens), ours.to_value(tokens)
        taken = scaled_dot_product_attention(q, k, v).permute(0, 2, 1).unflatten(-1, (N, N))
        found = ours(h, tokens)[0]
        close(found, h + taken)
        with pytest.raises(AssertionError):  # scores without their scale
            close(found, h + scaled_dot_product_attention(q, k, v, scale=1.0).permute(0, 2, 1).unflatten(-1, (N, N)))
