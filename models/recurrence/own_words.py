"""A decoder that reads the words that it has written itself, as it must when nobody knows the target.

Paper: Williams & Zipser 1989, "A Learning Algorithm for Continually Running Fully Recurrent Neural Networks", where
the other way is called teacher forcing; Sutskever et al. 2014, section 2 (greedy here).

Symbols
    B  batch        S  source symbols        T  steps        V  symbols
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from models.recurrence.sequence_to_sequence import SequenceToSequence


class Written(NamedTuple):
    words: Tensor  # (B, T)
    logits: Tensor  # (B, T, V)
    weights: Tensor  # (B, T, S) on the source at every step


def write(model: Any, source: Tensor, first: Tensor, steps: int, forced: Mapping[int, Tensor] | None = None) -> Written:
    """From the symbol ``first`` (B,) on, the most probable word of each step is read in the next.

    ``model`` has ``encode`` and ``decode`` as SequenceToSequence has them. ``forced``: step → words (B,) that the
    decoder reads after that step in place of its own.
    """
    read = model.encode(source)
    state, word, found = read.start, first[:, None], []
    for step in range(steps):
        logits, trace = model.decode(word, state, read, step)
        state = trace.states[:, -1]  # (B, D)
        word = logits.argmax(dim=-1)  # (B, 1)
        found.append((word, logits, trace.weights))
        word = (forced or {}).get(step, word[:, 0])[:, None]
    return Written(*(torch.cat(parts, dim=1) for parts in zip(*found)))


class FreeRunning(SequenceToSequence):
    """The same model trained without a teacher: after the first symbol it reads its own words."""

    def forward(self, source: Tensor, symbols: Tensor) -> tuple[Tensor, Written]:  # type: ignore[override]
        """Logits (B, T, V); of ``symbols`` (B, T) only the first counts."""
        written = write(self, source, symbols[:, 0], symbols.shape[1])
        return written.logits, written
