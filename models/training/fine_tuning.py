"""Several classifiers fine-tuned side by side, which differ in their start and in how many labels they are given.

Papers: as in ``models.transformer.text_classifier``.

Symbols
    N  classifiers        B  texts of a batch        T  tokens of a text
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data.handed_over import PAD
from models.data.handed_over_rows import Rows
from models.training.side_by_side import SideBySide
from models.transformer.text_classifier import Classified, supervised_loss, with_auxiliary


class Labelled(NamedTuple):
    """Texts with a class each."""

    rows: Rows
    classes: Tensor  # (N,)


def given(ids: Tensor, padding_seen: bool = False) -> tuple[Tensor, Tensor, Tensor]:
    """What a classifier reads: ids, which keys are text, and where the text ends."""
    real = ids != PAD  # (..., T)
    seen = torch.ones_like(real) if padding_seen else real  # (..., T)
    return ids, seen[..., None, None, :], real.sum(dim=-1) - 1


class FineTuning:
    """N classifiers, the n-th on the first ``counts[n]`` of the labelled texts, all with equally many steps."""

    def __init__(
        self,
        classifiers: Sequence[nn.Module],
        texts: Labelled,
        counts: Sequence[int],
        draws: torch.Generator,
        learning_rate: float,
        batch: int,
        auxiliary: float = 0.0,
    ) -> None:
        self.models = SideBySide(classifiers)
        longest = int((texts.rows.ids != PAD).sum(dim=1).max())
        self.ids, self.classes = texts.rows.ids[:, :longest], texts.classes
        self.counts, self.draws, self.batch, self.auxiliary = torch.tensor(counts), draws, batch, auxiliary
        self.optimizer = torch.optim.AdamW(self.models.parameters(), learning_rate, weight_decay=0.01)

    def loss(self) -> Tensor:
        """L₃ on a random batch for each, added over the classifiers."""
        N = len(self.counts)
        at = (torch.rand(N, self.batch, generator=self.draws) * self.counts[:, None]).long()  # (N, B)
        ids, classes = self.ids[at], self.classes[at]
        said: Classified = self.models(*given(ids))
        loss = N * supervised_loss(said.classes.flatten(0, 1), classes.flatten())
        if self.auxiliary and said.words.shape[-1]:
            language = cross_entropy(said.words[..., :-1, :].flatten(0, 2), ids[..., 1:].flatten(), ignore_index=PAD)
            loss = with_auxiliary(loss, N * language, self.auxiliary)
        return loss

    def step(self) -> None:
        self.optimizer.zero_grad(set_to_none=True)
        self.loss().backward()
        self.optimizer.step()

    @torch.no_grad()
    def logits(self, ids: Tensor, padding_seen: bool = False) -> Tensor:
        """Of each class, by every classifier, for the same texts (B, T): (N, B, Y)."""
        every = ids.expand(len(self.counts), *ids.shape)  # (N, B, T)
        said: Classified = self.models(*given(every, padding_seen))
        return said.classes
