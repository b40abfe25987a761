"""Bahdanau's model: before every word, the decoder's last state searches the source by a small network.

Paper: Bahdanau, Cho & Bengio 2014, "Neural Machine Translation by Jointly Learning to Align and Translate", sections
3.1 (decoder), 3.2 (encoder) and A.1.2 (alignment model). Its GRU applies the reset gate before the product and its
output has a maxout layer; here the GRU is torch's and the output one tanh layer.

Symbols
    x  source (B, S)        →h, ←h  states forward and backward        s  decoder state (B, D)      D  width
    y  target (B, T)        h  annotations [→h; ←h] (B, S, 2D)         c  context (B, 2D)           V  symbols
    e  energies (B, S)      α  weights (B, S)                          W_a, U_a, v_a  of the alignment model
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.attention.additive import additive_score
from models.recurrence.gru import gru_step
from models.recurrence.sequence_to_sequence import Read, RecurrentReader


def energies(s: Tensor, h: Tensor, w_a: Tensor, u_a: Tensor, v_a: Tensor) -> Tensor:
    """eᵢⱼ = v_aᵀ tanh(W_a sᵢ₋₁ + U_a hⱼ): the state before the word, with every annotation. (B, S)"""
    return additive_score(s[:, None], h, w_a, u_a, torch.zeros_like(v_a), v_a)[:, 0]


def alignment(e: Tensor) -> Tensor:
    """αᵢⱼ = exp(eᵢⱼ) / Σₖ exp(eᵢₖ)"""
    return e.softmax(dim=-1)


def context(alpha: Tensor, h: Tensor) -> Tensor:
    """cᵢ = Σⱼ αᵢⱼ hⱼ"""
    return (alpha[:, None] @ h)[:, 0]


class AlignmentTrace(NamedTuple):
    annotations: Tensor  # (B, S, 2D)
    states: Tensor  # (B, T, D)
    energies: Tensor  # (B, T, S)
    weights: Tensor  # (B, T, S)
    contexts: Tensor  # (B, T, 2D)


class BahdanauTranslator(nn.Module):
    """Annotations of two directions; then, per word, search, step and output."""

    def __init__(self, symbols: int, width: int) -> None:
        super().__init__()
        self.forward_encoder, self.backward_encoder = RecurrentReader(symbols, width), RecurrentReader(symbols, width)
        self.embedding = nn.Embedding(symbols, width)
        self.start = nn.Linear(width, width)
        self.w_a = nn.Parameter(torch.empty(width, width))
        self.u_a = nn.Parameter(torch.empty(2 * width, width))
        self.v_a = nn.Parameter(torch.empty(width, 1))
        self.from_input, self.from_state = nn.Linear(3 * width, 3 * width), nn.Linear(width, 3 * width)
        self.output = nn.Linear(4 * width, width)
        self.readout = nn.Linear(width, symbols, bias=False)

    def encode(self, source: Tensor) -> Read:
        """h (B, S, 2D), and the decoder's first state s₀ = tanh(W ←h₁), (B, D)."""
        zeros = self.start.weight.new_zeros(len(source), self.start.in_features)
        ahead = self.forward_encoder(source, zeros)
        back = self.backward_encoder(source.flip(1), zeros).flip(1)
        return Read(torch.cat([ahead, back], dim=-1), self.start(back[:, 0]).tanh())

    def query(self, s: Tensor, read: Read) -> Tensor:
        """What searches the source: the last decoder state."""
        return s

    def decode(self, symbols: Tensor, s: Tensor, read: Read, step: int = 0) -> tuple[Tensor, AlignmentTrace]:
        """Logits (B, T, V) behind ``symbols`` (B, T), which the decoder reads from state s (B, D) on."""
        h, y, steps = read.encoded, self.embedding(symbols), []
        for i in range(symbols.shape[1]):
            e = energies(self.query(s, read), h, self.w_a, self.u_a, self.v_a[:, 0])
            alpha = alignment(e)  # (B, S)
            c = context(alpha, h)  # (B, 2D)
            s = gru_step(self.from_input(torch.cat([y[:, i], c], dim=-1)), self.from_state(s), s)[0]
            steps.append((s, e, alpha, c))
        states, e, alpha, c = (torch.stack(parts, dim=1) for parts in zip(*steps))
        logits = self.readout(self.output(torch.cat([states, c, y], dim=-1)).tanh())
        return logits, AlignmentTrace(h, states, e, alpha, c)

    def forward(self, source: Tensor, symbols: Tensor) -> tuple[Tensor, AlignmentTrace]:
        """Logits (B, T, V) behind ``symbols`` (B, T): in training the target shifted right."""
        read = self.encode(source)
        return self.decode(symbols, read.start, read)


class FirstStateQuery(BahdanauTranslator):
    """The same, but the first decoder state is compared at every step: the search cannot move on."""

    def query(self, s: Tensor, read: Read) -> Tensor:
        return read.start
