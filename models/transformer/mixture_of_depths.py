"""Mixture of depths: a router lets only some tokens of a text into a block; the others pass beside it.

Paper: Raposo et al. 2024, "Mixture-of-Depths: Dynamically allocating compute in transformer-based language models":
the k tokens of largest router weight enter, and the block's update is multiplied by that weight. A predictor that sees
no later token replaces the choice when text is generated.

Symbols
    ids  two characters of each token (B, T, 2)      x  residual stream (B, T, D)      r  router weights (B, T)
    X̃   the k tokens that enter (B, K, D)            f  the block's update: attention among them, then the MLP
    m    who enters (B, T)                            w  the factor of the update: r itself in the paper
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.attention.masks import causal_mask
from models.layers.no_feed_forward import NoFeedForward
from models.layers.rmsnorm import RMSNorm
from models.layers.swiglu import SwiGLU
from models.position.rope import RoPE
from models.position.scheme import NoPosition
from models.transformer.decoder import DecoderBlock, DecoderConfig

Factor = Callable[[Tensor], Tensor]
"""From router weights (B, T) to the factors of the update, of the same shape."""

PREDICTOR_WIDTH = 16


@dataclass(frozen=True)
class RoutedConfig:
    """Sizes: of the decoder, and how many classes it names for each token."""

    decoder: DecoderConfig
    classes: int


class RoutingTrace(NamedTuple):
    """What the routed block did."""

    r: Tensor  # (B, T) router weights
    entered: Tensor  # (B, T) bool
    predicted: Tensor  # (B, T) the predictor's logit of being among the k of largest router weight


def router_weights(x: Tensor, w: Tensor) -> Tensor:
    """rᵢ = wᵀ xᵢ.  (..., T, D), (D,) → (..., T)"""
    return x @ w


def top_k_mask(scores: Tensor, k: int) -> Tensor:
    """mᵢ: whether a token is among the k of largest score in its text.  (..., T) → (..., T) bool"""
    return torch.zeros_like(scores).scatter(-1, scores.topk(k, dim=-1).indices, 1.0) > 0


def gather_tokens(x: Tensor, positions: Tensor) -> Tensor:
    """X̃: the tokens at these positions.  (B, T, D), (B, K) → (B, K, D)"""
    return x.gather(1, positions[..., None].expand(-1, -1, x.shape[-1]))


def routed(x: Tensor, update: Tensor, factor: Tensor, positions: Tensor) -> Tensor:
    """xᵢ + wᵢ f(X̃)ᵢ for the tokens that entered, xᵢ for all others.  (B, T, D), (B, K, D), (B, K), (B, K)"""
    return x.scatter_add(1, positions[..., None].expand(-1, -1, x.shape[-1]), factor[..., None] * update)


class RoutedBlock(nn.Module):
    """x + w · f(X̃) at the k tokens that enter."""

    def __init__(self, config: DecoderConfig, factor: Factor) -> None:
        super().__init__()
        self.block = DecoderBlock(config, NoPosition(), SwiGLU, RMSNorm)
        self.router_norm = RMSNorm(config.width)
        self.router = nn.Parameter(torch.zeros(config.width, 1))
        self.to_hidden, self.to_predicted = nn.Linear(config.width, PREDICTOR_WIDTH), nn.Linear(PREDICTOR_WIDTH, 1)
        self.factor = factor

    def predict(self, x: Tensor) -> Tensor:
        """A small MLP on xᵢ alone; the stream receives no gradient from it.  (B, T, D) → (B, T)"""
        return self.to_predicted(self.to_hidden(x.detach()).relu())[..., 0]

    def forward(self, x: Tensor, k: int, scores: Tensor | None, predictor: bool) -> tuple[Tensor, RoutingTrace]:
        """``scores`` (B, T) choose in place of the router weights; with ``predictor`` each token decides alone."""
        r = router_weights(self.router_norm(x), self.router[:, 0])  # (B, T)
        predicted = self.predict(x)  # (B, T)
        if predictor:
            entered = predicted > 0  # (B, T)
            return self.masked(x, r, entered), RoutingTrace(r, entered, predicted)
        entered = top_k_mask(r if scores is None else scores, k)  # (B, T)
        if k == 0:
            return x, RoutingTrace(r, entered, predicted)
        positions = entered.float().topk(k, dim=-1).indices.sort(dim=-1).values  # (B, K)
        inside = gather_tokens(x, positions)  # (B, K, D)
        update = self.block(inside, causal_mask(k, device=x.device), None, None)[0] - inside  # (B, K, D)
        x = routed(x, update, self.factor(r).gather(1, positions), positions)  # (B, T, D)
        return x, RoutingTrace(r, entered, predicted)

    def masked(self, x: Tensor, r: Tensor, entered: Tensor) -> Tensor:
        """The same for any number of tokens per text: all are computed, and those that stay out are hidden."""
        T = x.shape[1]
        itself = torch.eye(T, dtype=torch.bool, device=x.device)  # (T, T)
        mask = causal_mask(T, device=x.device) & (entered[:, None, None] | itself)  # (B, 1, T, T)
        update = self.block(x, mask, None, None)[0] - x  # (B, T, D)
        return x + (entered * self.factor(r))[..., None] * update


class MixtureOfDepths(nn.Module):
    """A block of attention alone that every token passes, then a routed block of attention and MLP."""

    def __init__(self, config: RoutedConfig, factor: Factor = torch.clone) -> None:
        super().__init__()
        sizes = config.decoder
        self.first = nn.Embedding(sizes.vocabulary, sizes.width)
        self.second = nn.Embedding(sizes.vocabulary, sizes.width)
        self.full = DecoderBlock(sizes, RoPE(), NoFeedForward, RMSNorm)
        self.routed = RoutedBlock(sizes, factor)
        self.norm = RMSNorm(sizes.width)
        self.head = nn.Linear(sizes.width, config.classes)

    def forward(
        self, ids: Tensor, k: int, scores: Tensor | None = None, predictor: bool = False
    ) -> tuple[Tensor, RoutingTrace]:
        """Logits (B, T, C) of each token's class, and what the routed block did."""
        x = self.first(ids[..., 0]) + self.second(ids[..., 1])  # (B, T, D)
        x, _ = self.full(x, causal_mask(ids.shape[1], device=ids.device), None, None)  # (B, T, D)
        x, trace = self.routed(x, k, scores, predictor)  # (B, T, D)
        return self.head(self.norm(x)), trace
