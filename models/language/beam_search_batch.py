"""Beam search on several prompts at once, and two altered models to search with.

Papers: Graves 2012, "Sequence Transduction with Recurrent Neural Networks"; Wu et al. 2016, "Google's
Neural Machine Translation System", section 7 (length penalty).

Symbols
    ids  prompts (B, T)     B  prompts     W  beams of each     V  vocabulary     a  open beams of each prompt now
"""

from typing import Any, NamedTuple, Protocol, TypeVar

import torch
from torch import Tensor

from models.language.generation import Hypothesis, extended


class Cache(Protocol):
    def reorder(self, rows: Tensor, /) -> None: ...


C = TypeVar("C", bound=Cache)


class Searched(Protocol[C]):
    """What beam search asks of a model: logits of new tokens, and a cache whose rows can be reordered."""

    def new_cache(self) -> C: ...

    def __call__(self, ids: Tensor, cache: C) -> tuple[Tensor, object]: ...


class Found(NamedTuple):
    """Of one prompt, texts that ended and texts still open, each open one with its log-probability."""

    finished: tuple[Hypothesis, ...]
    open: tuple[Hypothesis, ...]

    def ranked(self, divide: float = 0.0, added: int = 0, constant: bool = False) -> list[Hypothesis]:
        """By the score log p / (length + added)ᵅ, α = ``divide``; one number divides all if ``constant``."""

        def score(text: Hypothesis) -> float:
            return text.log_probability / (1 if constant else (len(text.tokens) + added) ** divide)

        return sorted(self.finished + self.open, key=score, reverse=True)

    def best(self, divide: float = 0.0, added: int = 0, constant: bool = False) -> Hypothesis:
        return self.ranked(divide, added, constant)[0]


@torch.inference_mode()
def search(model: Searched[C], ids: Tensor, width: int, steps: int, end: int | None = None) -> list[Found]:
    """The ``width`` likeliest continuations of every prompt, as ``generation.beam_search`` finds them one by one."""
    B, cache, new = len(ids), model.new_cache(), ids
    beams: list[list[Hypothesis]] = [[Hypothesis((), 0.0)] for _ in range(B)]
    finished: list[list[Hypothesis]] = [[] for _ in range(B)]
    for _ in range(steps):
        log_p = model(new, cache)[0][:, -1].log_softmax(dim=-1).unflatten(0, (B, -1))  # (B, a, V)
        V = log_p.shape[-1]
        before = log_p.new_tensor([[beam.log_probability for beam in row] for row in beams])  # (B, a)
        totals = (log_p + before[..., None]).flatten(1)  # (B, a·V)
        best = totals.topk(min(2 * width, totals.shape[1]), dim=1)  # twice, as at most W of them can be ends
        parents, tokens, active = [], [], len(beams[0])
        for row, (values, places) in enumerate(zip(best.values.tolist(), best.indices.tolist(), strict=True)):
            grown = [(at // V, at % V, total) for at, total in zip(places, values, strict=True)]
            ended = (one for one in grown[:width] if one[1] == end)  # an end below the W best is none of the beam's
            finished[row] += [extended(beams[row][beam], token, total) for beam, token, total in ended]
            kept = [one for one in grown if one[1] != end][:width]
            beams[row] = [extended(beams[row][beam], token, total) for beam, token, total in kept]
            parents += [row * active + beam for beam, _, _ in kept]
            tokens += [token for _, token, _ in kept]
        cache.reorder(torch.tensor(parents, device=ids.device))
        new = torch.tensor(tokens, device=ids.device)[:, None]  # (B·W, 1)
    return [Found(tuple(done), tuple(still)) for done, still in zip(finished, beams, strict=True)]


class _Rows:
    """Which prompt each row belongs to."""

    def __init__(self) -> None:
        self.logits: Tensor | None = None

    def reorder(self, rows: Tensor) -> None:
        assert self.logits is not None
        self.logits = self.logits[rows]


class PromptAlone:
    """A model that never sees what it generated: each next token has the probabilities that the prompt alone gives."""

    def __init__(self, model: Searched[Any]) -> None:
        self.model = model

    def new_cache(self) -> _Rows:
        return _Rows()

    def __call__(self, ids: Tensor, cache: _Rows) -> tuple[Tensor, None]:
        if cache.logits is None:
            cache.logits = self.model(ids, self.model.new_cache())[0]
        return cache.logits, None


class Doubled:
    """A model whose logits are twice as large: surer, and every greedy choice is the same."""

    def __init__(self, model: Searched[Any]) -> None:
        self.model = model

    def new_cache(self) -> Any:
        return self.model.new_cache()

    def __call__(self, ids: Tensor, cache: Any) -> tuple[Tensor, None]:
        return 2 * self.model(ids, cache)[0], None


def repeated_share(texts: Tensor, n: int = 4) -> float:
    """Of all n-grams of each text (B, T), the share that occurred before in the same text."""
    old = total = 0
    for text in texts.tolist():
        seen: set[tuple[int, ...]] = set()
        for at in range(len(text) - n + 1):
            gram = tuple(text[at : at + n])
            old, total = old + (gram in seen), total + 1
            seen.add(gram)
    return old / total
