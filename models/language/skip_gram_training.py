"""Pairs of a word and one of its neighbours in a text, and skip-gram trained on them with Adam.

Paper: Mikolov et al. 2013, "Distributed Representations of Words and Phrases", sections 2.2 and 2.3. The authors use
plain stochastic gradient descent, one pair at a time; Adam (Kingma & Ba 2014) on many pairs is quicker here.

Symbols
    T  tokens of the text      V  vocabulary      N  pairs      K  noise words of a pair
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.language.skip_gram import SkipGram, kept_probability, noise_distribution, started
from models.seeding import generator


class Pairs(NamedTuple):
    """Words that stood near each other, and noise words."""

    centre: Tensor  # (N,)
    context: Tensor  # (N,)
    noise: Tensor  # (N, K)


class PairSampler:
    """Random pairs at most ``window`` tokens apart; frequent words are dropped before the window is laid."""

    def __init__(
        self, ids: Tensor, vocabulary: int, *, window: int, exponent: float, threshold: float, draws: torch.Generator
    ) -> None:
        counts = torch.bincount(ids, minlength=vocabulary)  # (V,)
        self._bounds = noise_distribution(counts, exponent).cumsum(dim=0).float()
        chance = kept_probability(counts, threshold)[ids]
        self._kept = ids[torch.rand(len(ids), generator=draws) < chance]
        self._window, self._draws = window, draws

    def draw(self, rows: int, noise_words: int) -> Pairs:
        """That many pairs, each with as many noise words."""
        window, draws = self._window, self._draws
        at = torch.randint(window, len(self._kept) - window, (rows,), generator=draws)
        apart = torch.randint(1, window + 1, (rows,), generator=draws)
        side = 2 * torch.randint(2, (rows,), generator=draws) - 1
        noise = torch.searchsorted(self._bounds, torch.rand(rows, noise_words, generator=draws))
        return Pairs(self._kept[at], self._kept[at + side * apart], noise.clamp_max(len(self._bounds) - 1))


class SkipGramTraining:
    """A new model on the text ``ids`` (T,); every ``step`` is one update on ``batch`` pairs."""

    def __init__(
        self, ids: Tensor, vocabulary: int, *, seed: int, width: int = 32, batch: int = 2048, noise_words: int = 5,
        window: int = 5, exponent: float = 0.75, threshold: float = 1e-2, learning_rate: float = 0.025,
    ) -> None:  # fmt: skip
        draws = generator(seed)
        self.model: SkipGram = started(vocabulary, width, draws)
        self._pairs = PairSampler(
            ids, vocabulary, window=window, exponent=exponent, threshold=threshold, draws=draws
        )  # fmt: skip
        self._batch, self._noise_words = batch, noise_words
        self._optimizer = torch.optim.Adam(self.model.parameters(), lr=learning_rate, fused=True)
        self.losses: list[Tensor] = []

    def step(self) -> None:
        loss = self.model(*self._pairs.draw(self._batch, self._noise_words))[0].mean()
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        self.losses.append(loss.detach())
