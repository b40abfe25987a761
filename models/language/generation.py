"""Writing a text: one token at a time, or several candidate texts side by side.

Papers: Graves 2012, "Sequence Transduction with Recurrent Neural Networks" (beam search);
Wu et al. 2016, "Google's Neural Machine Translation System", section 7 (length penalty, here in its simplest form).

Symbols
    ids  tokens so far (B, T)     V  vocabulary     W  beams     α  length penalty
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from models.attention.masks import causal_mask
from models.language.sampling import greedy
from models.serving.kv_cache import KVCache
from models.transformer.decoder import Decoder, DecoderTrace, Edit

Choose = Callable[[Tensor, Tensor], Tensor]
"""Logits (B, V) and the tokens so far (B, T) to the next tokens (B,)."""

MaskRule = Callable[..., Tensor]
"""A mask (T, S) from the number of queries, and ``offset`` and ``device`` by name: ``causal_mask`` is one."""


class Step(NamedTuple):
    """One token a row; with a cache the trace of every step but the first is of that one token's query."""

    tokens: Tensor  # (B,)
    logits: Tensor  # (B, V)
    trace: DecoderTrace


def likeliest(logits: Tensor, ids: Tensor) -> Tensor:
    """Greedy decoding, whatever was said before."""
    return greedy(logits)


def generate(
    model: Decoder,
    ids: Tensor,
    steps: int,
    choose: Choose = likeliest,
    *,
    cached: bool = True,
    held: KVCache | None = None,
    mask: MaskRule = causal_mask,
    edit: Edit | None = None,
) -> Iterator[Step]:
    """Continue each row of ids (B, T) by ``steps`` tokens, yielding after every one; stop by not asking for more.

    With a cache every token passes through the model once, without one every step computes the whole text again:
    the tokens are the same. ``held`` is a cache that has the beginning of ids already. The logits are those before
    ``choose`` changed them.
    """
    cache = model.new_cache() if cached and held is None else held
    new = ids if held is None else ids[:, len(held) :]
    for _ in range(steps):
        with torch.inference_mode():
            offset = 0 if cache is None else len(cache)
            logits, trace = model(new, cache, mask(new.shape[1], offset=offset, device=new.device), edit)
            tokens = choose(logits[:, -1], ids)  # (B,)
            ids = torch.cat([ids, tokens[:, None]], dim=1)
        yield Step(tokens, logits[:, -1], trace)
        new = ids if cache is None else tokens[:, None]


def continuation(
    model: Decoder,
    ids: Tensor,
    steps: int,
    choose: Choose = likeliest,
    end: int | None = None,
    held: KVCache | None = None,
) -> Tensor:
    """The tokens that ``generate`` adds, (B, ≤ steps); stops early once every row has said ``end``."""
    tokens: list[Tensor] = []
    ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    for step in generate(model, ids, steps, choose, held=held):
        tokens.append(step.tokens)
        ended |= step.tokens == (-1 if end is None else end)
        if ended.all():
            break
    return torch.stack(tokens, dim=1)


class Hypothesis(NamedTuple):
    """A finished or cut text: its new tokens, and the sum of their log-probabilities in nats."""

    tokens: tuple[int, ...]
    log_probability: float

    def score(self, length_penalty: float) -> float:
        """log p / lengthᵅ: at α = 0 short texts win, at α = 1 the best mean a token."""
        return self.log_probability / len(self.tokens) ** length_penalty


def mean_log_probability(log_p: Tensor) -> Tensor:
    """(1/N) Σₙ log p(xₙ): of the texts that a search finds for N prompts, from log_p (..., N) in nats."""
    return log_p.mean(dim=-1)


class Beams(NamedTuple):
    """The W best texts after a step: beam i goes on from beam parents[i] of the step before."""

    parents: tuple[int, ...]
    hypotheses: tuple[Hypothesis, ...]
    finished: tuple[Hypothesis, ...]

    def ranked(self, length_penalty: float = 1.0) -> list[Hypothesis]:
        """Everything finished or still open, the best first."""
        return sorted(self.finished + self.hypotheses, key=lambda h: -h.score(length_penalty))


def beam_search(model: Decoder, ids: Tensor, width: int, steps: int, end: int | None = None) -> Iterator[Beams]:
    """Keep the ``width`` likeliest continuations of ids (T,) at every step; one that says ``end`` is set aside."""
    cache, new = model.new_cache(), ids[None]  # (1, T)
    open_beams, finished = (Hypothesis((), 0.0),), ()
    for _ in range(steps):
        with torch.inference_mode():
            log_p = model(new, cache)[0][:, -1].log_softmax(dim=-1)  # (w, V)
            totals = log_p + log_p.new_tensor([beam.log_probability for beam in open_beams])[:, None]  # (w, V)
            best = totals.flatten().topk(min(2 * width, totals.numel()))  # twice, as at most W of them can be ends
            ranked = zip(best.values.tolist(), best.indices.tolist())
            grown = [(i // totals.shape[1], i % totals.shape[1], total) for total, i in ranked]
            ended = (one for one in grown[:width] if one[1] == end)  # an end below the W best is none of the beam's
            finished += tuple(extended(open_beams[row], token, total) for row, token, total in ended)
            kept = [(row, token, total) for row, token, total in grown if token != end][:width]
            open_beams = tuple(extended(open_beams[row], token, total) for row, token, total in kept)
            parents = tuple(row for row, _, _ in kept)
            cache.reorder(torch.tensor(parents, device=ids.device))
            new = torch.tensor([[token] for _, token, _ in kept], device=ids.device)  # (w, 1)
        yield Beams(parents, open_beams, finished)


def extended(beam: Hypothesis, token: int, log_probability: float) -> Hypothesis:
    """The same text with one more token and its new total."""
    return Hypothesis((*beam.tokens, token), log_probability)
