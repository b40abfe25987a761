"""GPT-1: a stack of causal blocks that is first trained to predict the next token.

Paper: Radford et al. 2018, "Improving Language Understanding by Generative Pre-Training", sections 3.1 and 4.1
(learned positions, GELU, the norm after each sum as in the first transformer).

Symbols
    ids  tokens (B, T)    D  width     H  heads     L  layers     F  hidden neurons
    V    vocabulary       h  states    Wₑ  token embedding        Wₚ  position embedding
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import gelu

from models.attention.masks import causal_mask
from models.transformer.encoder import EncoderBlock, EncoderBlockTrace


@dataclass(frozen=True)
class GPT1Config:
    """The sizes; ``context`` is the most tokens that have a position."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    hidden: int
    context: int


class GPT1Trace(NamedTuple):
    """References to what the forward pass computed anyway."""

    embedded: Tensor  # (B, T, D)
    blocks: tuple[EncoderBlockTrace, ...]

    @property
    def states(self) -> tuple[Tensor, ...]:
        """The vectors (B, T, D) before the first layer and after every layer."""
        return self.embedded, *(block.output for block in self.blocks)


def embed(ids: Tensor, tokens: Tensor, positions: Tensor) -> Tensor:
    """h₀ = U Wₑ + Wₚ.  Equation 2. (B, T, D)"""
    return tokens[ids] + positions[: ids.shape[-1]]


def next_token_logits(h: Tensor, tokens: Tensor) -> Tensor:
    """log P(u) + const = h Wₑᵀ.  Equation 2, before its softmax. (B, T, V)"""
    return h @ tokens.T


class GPT1(nn.Module):
    """h ← block(h), L times, each token attending to itself and those before it; then h Wₑᵀ."""

    def __init__(self, config: GPT1Config, activation: Callable[[Tensor], Tensor] = gelu) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.position_embedding = nn.Embedding(config.context, config.width)
        self.blocks = nn.ModuleList(
            EncoderBlock(config.width, config.heads, config.hidden, activation) for _ in range(config.layers)
        )

    def states(self, ids: Tensor) -> tuple[Tensor, GPT1Trace]:
        """The last states (B, T, D), before they are compared with the vocabulary."""
        mask = causal_mask(ids.shape[-1], device=ids.device)
        h = embedded = embed(ids, self.embedding.weight, self.position_embedding.weight)  # (B, T, D)
        blocks = []
        for block in self.blocks:
            h, trace = block(h, mask)
            blocks.append(trace)
        return h, GPT1Trace(embedded, tuple(blocks))

    def forward(self, ids: Tensor) -> tuple[Tensor, GPT1Trace]:
        h, trace = self.states(ids)
        logits = next_token_logits(h, self.embedding.weight)  # (B, T, V)
        return logits, trace
