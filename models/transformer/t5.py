"""T5: an encoder and a decoder that map every task from text to text.

Paper: Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
section 2.1 (norms without bias, in front of each part; one relative bias per stack). That the scores are not divided by
√K, and that the tied output is divided by √D, stands in its released code.

Symbols
    x  states (B, T, D)        source, target  token ids (B, S), (B, T)        D  width      F  hidden neurons
    q, k, v  (B, H, T or S, K)      b  relative bias (H, T, S)      H  heads      K  head width      V  vocabulary
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import relu

from models.attention.dot_product import attention_weights, masked, mix
from models.attention.masks import causal_mask
from models.attention.multi_head import merge_heads, split_heads
from models.layers.rmsnorm import RMSNorm
from models.position.relative_bias import StackBias


@dataclass(frozen=True)
class T5Config:
    """The sizes of both stacks; ``head_width`` times ``heads`` need not be the width."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    head_width: int
    hidden: int
    buckets: int = 32
    furthest: int = 128


def unscaled_scores(q: Tensor, k: Tensor, bias: Tensor | None) -> Tensor:
    """q kᵀ + b, without 1/√K: (B, H, T, S)."""
    scores = q @ k.transpose(-2, -1)  # (B, H, T, S)
    return scores if bias is None else scores + bias


class T5Attention(nn.Module):
    """softmax(q kᵀ + b) v, four matrices without biases."""

    def __init__(self, c: T5Config) -> None:
        super().__init__()
        self.heads, inner = c.heads, c.heads * c.head_width
        self.to_q, self.to_k, self.to_v = (nn.Linear(c.width, inner, bias=False) for _ in range(3))
        self.to_out = nn.Linear(inner, c.width, bias=False)

    def forward(self, x: Tensor, source: Tensor, bias: Tensor | None, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        """The output (B, T, D) and the weights (B, H, T, S)."""
        q = split_heads(self.to_q(x), self.heads)  # (B, H, T, K)
        k = split_heads(self.to_k(source), self.heads)  # (B, H, S, K)
        v = split_heads(self.to_v(source), self.heads)  # (B, H, S, K)
        weights = attention_weights(masked(unscaled_scores(q, k, bias), mask))  # (B, H, T, S)
        return self.to_out(merge_heads(mix(weights, v))), weights


class T5FeedForward(nn.Module):
    """ReLU(x W₁) W₂, without biases."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.to_hidden = nn.Linear(width, hidden, bias=False)
        self.to_out = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.to_out(relu(self.to_hidden(x)))


class T5Block(nn.Module):
    """x + SelfAttention(norm(x)), in the decoder x + CrossAttention(norm(x), source), then x + FFN(norm(x))."""

    def __init__(self, c: T5Config, crossing: bool) -> None:
        super().__init__()
        self.attention_norm, self.attention = RMSNorm(c.width), T5Attention(c)
        self.cross_norm, self.cross = (RMSNorm(c.width), T5Attention(c)) if crossing else (None, None)
        self.feed_forward_norm, self.feed_forward = RMSNorm(c.width), T5FeedForward(c.width, c.hidden)

    def forward(
        self, x: Tensor, bias: Tensor, mask: Tensor | None, source: Tensor | None = None, seen: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None]:
        normed, across = self.attention_norm(x), None
        x = x + self.attention(normed, normed, bias, mask)[0]  # (B, T, D)
        if self.cross is not None and self.cross_norm is not None and source is not None:
            fetched, across = self.cross(self.cross_norm(x), source, None, seen)
            x = x + fetched  # (B, T, D)
        return x + self.feed_forward(self.feed_forward_norm(x)), across


class Encoded(NamedTuple):
    states: Tensor  # (B, S, D)
    mask: Tensor | None  # (B, 1, 1, S) which tokens may be attended to


class T5(nn.Module):
    """``encode`` once, ``decode`` after every token; ``forward`` does both, as in training."""

    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.config = c = config
        self.embedding = nn.Embedding(c.vocabulary, c.width)
        self.encoder_bias, self.decoder_bias = (StackBias(c.heads, c.buckets, c.furthest, one) for one in (False, True))
        self.encoder, self.decoder = (nn.ModuleList(T5Block(c, cross) for _ in range(c.layers)) for cross in (0, 1))
        self.encoder_norm, self.decoder_norm = RMSNorm(c.width), RMSNorm(c.width)

    def encode(self, source: Tensor, mask: Tensor | None = None) -> Encoded:
        x, bias = self.embedding(source), self.encoder_bias(source.shape[1])
        for block in self.encoder:
            x = block(x, bias, mask)[0]  # (B, S, D)
        return Encoded(self.encoder_norm(x), mask)

    def decode(self, target: Tensor, encoded: Encoded) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Logits (B, T, V) for the token after each of ``target``, and each layer's cross-attention (B, H, T, S)."""
        x, T, crossed = self.embedding(target), target.shape[1], []
        bias, causal = self.decoder_bias(T), causal_mask(T, device=target.device)
        for block in self.decoder:
            x, across = block(x, bias, causal, encoded.states, encoded.mask)
            crossed.append(across)
        return self.decoder_norm(x) / math.sqrt(self.config.width) @ self.embedding.weight.T, tuple(crossed)

    def forward(self, source: Tensor, target: Tensor, mask: Tensor | None = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        return self.decode(target, self.encode(source, mask))
