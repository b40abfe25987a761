"""A decoder's blocks on a set of pairs and on questions about them: what depth, width and hidden size do, seen apart.

Papers: Vaswani et al. 2017, "Attention Is All You Need", sections 3.1 to 3.3 (the blocks); Arora et al. 2023,
"Zoology", section 4 (recall of stated pairs). A token is a pair of symbols, so that one layer can look a pair up.

Symbols
    i, j  the two symbols of a token (B, T)      A, B  their tables (I, D), (J, D)
    P  pairs, the first of the T tokens          D  width      F  hidden width of the MLP      L  layers      V  answers
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.layers.feed_forward import FeedForward
from models.layers.rmsnorm import RMSNorm
from models.position.scheme import NoPosition
from models.transformer.decoder import BlockTrace, DecoderBlock, DecoderConfig


class ReaderShape(NamedTuple):
    """Sizes of one reader: symbols that come first and second in a token, answers, and the blocks."""

    first: int
    second: int
    answers: int
    layers: int
    width: int
    heads: int
    hidden: int

    @property
    def config(self) -> DecoderConfig:
        """The same for a decoder's block; every head has D/H numbers and keys of its own."""
        return DecoderConfig(
            self.answers, self.width, self.layers, self.heads, self.heads, self.width // self.heads, self.hidden, 0
        )


def pairs_visible(tokens: int, pairs: int) -> Tensor:
    """Every token attends to the P pairs, and to nothing else: (T, T), true where it may."""
    return (torch.arange(tokens) < pairs).expand(tokens, -1)


class PairReader(nn.Module):
    """x₀ = A[i] + B[j]; L blocks; logits = norm(x_L) U at every token."""

    def __init__(self, shape: ReaderShape, feed_forward: Callable[[int, int], nn.Module] = FeedForward) -> None:
        super().__init__()
        self.shape = shape
        self.first = nn.Embedding(shape.first, shape.width)
        self.second = nn.Embedding(shape.second, shape.width)
        self.blocks = nn.ModuleList(
            DecoderBlock(shape.config, NoPosition(), feed_forward, RMSNorm) for _ in range(shape.layers)
        )
        self.norm = RMSNorm(shape.width)

    def forward(self, ids: Tensor, pairs: Tensor) -> tuple[Tensor, tuple[BlockTrace, ...]]:
        """Logits (B, T, V) for tokens (B, T, 2), and the trace of every block; ``pairs`` masks as ``pairs_visible``."""
        x = self.first(ids[..., 0]) + self.second(ids[..., 1])  # (B, T, D)
        traces = []
        for block in self.blocks:
            x, trace = block(x, pairs, None, None)
            traces.append(trace)
        return self.norm(x) @ self.first.weight[: self.shape.answers].T, tuple(traces)
