"""What a token adds to a head's output: its weight times the length of what it sends.

Paper: Kobayashi et al. 2020, "Attention is Not Only a Weight: Analyzing Transformers with Vector Norms",
sections 2.2 and 3.

Symbols
    w  attention weights (B, H, T, S)      v   values (B, H, S, K)      B  batch     D  width
    W  output matrix (D, H·K)              Wₕ  its columns for head h (D, K)
    H  heads     T  query positions     S  key positions     K  head width
"""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from models.attention.dot_product import Attend, AttentionTrace, scaled_dot_product
from models.attention.multi_head import merge_heads
from models.layers.softmax import total_variation
from models.seeding import normal
from models.transformer.decoder import Decoder, DecoderTrace


def sent(v: Tensor, output: Tensor) -> Tensor:
    """f(xₛ) = Wₕ vₛ: the value of each token as head h writes it to the residual stream, (B, H, S, D)."""
    per_head = output.unflatten(1, (v.shape[1], -1))  # (D, H, K)
    return torch.einsum("bhsk,dhk->bhsd", v, per_head)


def contributions(weights: Tensor, v: Tensor, output: Tensor) -> Tensor:
    """‖wₜₛ f(xₛ)‖: how far token s alone moves the output of token t, (B, H, T, S)."""
    return weights * sent(v, output).norm(dim=-1).unsqueeze(-2)


def with_equal_norms(v: Tensor, output: Tensor) -> Tensor:
    """Values whose f(xₛ) all have the head's mean length: direction as before, (B, H, S, K)."""
    length = sent(v, output).norm(dim=-1, keepdim=True)  # (B, H, S, 1)
    return v * length.mean(dim=-2, keepdim=True) / length


def with_random_norms(v: Tensor, seed: int) -> Tensor:
    """Values whose lengths are multiplied at random, by e to a normal number of deviation 2: (B, H, S, K)."""
    factors = (2 * normal(*v.shape[1:3], seed=seed)).exp().to(v.device)  # (H, S)
    return v * factors[..., None]


def with_values(change: Callable[[Tensor], Tensor]) -> Attend:
    """Attention over changed values; the weights are as before."""

    def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, bias: Tensor | None) -> AttentionTrace:
        return scaled_dot_product(q, k, change(v), mask, bias)

    return attend


def effects(model: Decoder, trace: DecoderTrace, terms: Tensor) -> Tensor:
    """How far the next-token prediction moves without one term wₜₛ f(xₛ) of the last layer and the last token.

    ``terms`` (B, H, S, D) give total variation distances (B, H, S).
    """
    before, block = trace.blocks[-2].residual[:, -1], cast(Any, model.blocks[-1])
    attended = block.attention.to_out(merge_heads(trace.blocks[-1].attention.output)[:, -1])  # (B, D)
    rest = (before + attended)[:, None, None]

    def predicted(x: Tensor) -> Tensor:
        return model.unembed(x + block.feed_forward(block.feed_forward_norm(x))[0]).softmax(dim=-1)

    return total_variation(predicted(rest - terms), predicted(rest))


def rank_correlation(one: Tensor, other: Tensor) -> Tensor:
    """Spearman's ρ of each row (N, M) with the same row of the other: (N,). Ties count in their order."""
    ranks = torch.stack([x.argsort(dim=-1).argsort(dim=-1).double() for x in (one, other)])  # (2, N, M)
    apart = ranks - ranks.mean(dim=-1, keepdim=True)
    return (apart[0] * apart[1]).sum(dim=-1) / apart.square().sum(dim=-1).prod(dim=0).sqrt()
