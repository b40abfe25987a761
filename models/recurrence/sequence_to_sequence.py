"""An encoder reads one sequence into states; a decoder writes another, a symbol at a time.

Papers: Sutskever, Vinyals & Le 2014, "Sequence to Sequence Learning with Neural Networks", section 2 (the decoder
starts from the encoder's last state); Cho et al. 2014, "Learning Phrase Representations using RNN Encoder–Decoder",
section 2.2 (a context c takes part in every output); Luong et al. 2015, "Effective Approaches to Attention-based Neural
Machine Translation", section 3 (the attentional vector). One GRU on each side here, where Sutskever has four LSTMs.

Symbols
    x  source (B, S)        h̄  encoder states (B, S, D)        c  context of each step (B, T, D)
    y  target (B, T)        h  decoder states (B, T, D)        h̃  attentional vector (B, T, D)
    α  alignment: weight of each source position at each step (B, T, S)                V  symbols
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from models.recurrence.gru import gru_step


def context_vector(alpha: Tensor, encoded: Tensor) -> Tensor:
    """cₜ = Σₛ αₜₛ h̄ₛ"""
    return alpha @ encoded


def attentional_vector(c: Tensor, h: Tensor, w_c: Tensor) -> Tensor:
    """h̃ₜ = tanh(W_c [cₜ; hₜ])"""
    return (torch.cat([c, h], dim=-1) @ w_c.T).tanh()


class FinalState(nn.Module):
    """No attention: the context is the encoder's last state at every step, the one vector that holds all."""

    def forward(self, h: Tensor, encoded: Tensor, step: int = 0) -> Tensor:
        last = encoded.new_zeros(encoded.shape[1])
        last[-1] = 1.0
        return last.expand(*h.shape[:2], -1)  # (B, T, S)


class UniformAlignment(nn.Module):
    """Every source position has the same weight: the context is the mean of all states."""

    def forward(self, h: Tensor, encoded: Tensor, step: int = 0) -> Tensor:
        return encoded.new_full((1,), 1 / encoded.shape[1]).expand(*h.shape[:2], encoded.shape[1])


class RecurrentReader(nn.Module):
    """Symbols → GRU states, from any first state."""

    def __init__(self, symbols: int, width: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(symbols, width)
        self.from_input = nn.Linear(width, 3 * width)
        self.from_state = nn.Linear(width, 3 * width)

    def forward(self, symbols: Tensor, h: Tensor) -> Tensor:
        """hₜ = GRU(hₜ₋₁, xₜ): the states after every symbol, (B, T, D)."""
        inputs, states = self.from_input(self.embedding(symbols)), []
        for t in range(symbols.shape[1]):
            h = gru_step(inputs[:, t], self.from_state(h), h)[0]
            states.append(h)
        return torch.stack(states, dim=1)


class Read(NamedTuple):
    """What the encoder hands over."""

    encoded: Tensor  # (B, S, D)
    start: Tensor  # (B, D) the decoder's first state


class Seq2SeqTrace(NamedTuple):
    encoded: Tensor  # (B, S, D)
    states: Tensor  # (B, T, D) of the decoder
    weights: Tensor  # (B, T, S)
    contexts: Tensor  # (B, T, D)


class SequenceToSequence(nn.Module):
    """softmax(W_s h̃ₜ) is the chance of every symbol at step t; ``alignment`` says what the context is made of.

    It takes decoder states (B, T, D), encoder states (B, S, D) and the number of the first step, and gives the weights.
    """

    alignment: Any  # a module as above

    def __init__(self, symbols: int, width: int, alignment: nn.Module) -> None:
        super().__init__()
        self.encoder, self.decoder = RecurrentReader(symbols, width), RecurrentReader(symbols, width)
        self.alignment = alignment
        self.combine = nn.Linear(2 * width, width, bias=False)
        self.readout = nn.Linear(width, symbols, bias=False)

    def encode(self, source: Tensor) -> Read:
        """The states along the source (B, S), from zeros; the decoder starts from the last."""
        encoded = self.encoder(source, self.readout.weight.new_zeros(len(source), self.readout.in_features))
        return Read(encoded, encoded[:, -1])

    def decode(self, symbols: Tensor, h: Tensor, read: Read, step: int = 0) -> tuple[Tensor, Seq2SeqTrace]:
        """Logits (B, T, V) behind ``symbols`` (B, T), which the decoder reads from state h (B, D) on, at ``step``."""
        states = self.decoder(symbols, h)
        weights = self.alignment(states, read.encoded, step)
        c = context_vector(weights, read.encoded)
        logits = self.readout(attentional_vector(c, states, self.combine.weight))
        return logits, Seq2SeqTrace(read.encoded, states, weights, c)

    def forward(self, source: Tensor, symbols: Tensor) -> tuple[Tensor, Seq2SeqTrace]:
        """Logits (B, T, V) behind ``symbols`` (B, T): in training the target shifted right, teacher forcing."""
        read = self.encode(source)
        return self.decode(symbols, read.start, read)
