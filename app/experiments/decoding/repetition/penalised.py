"""The rules that penalise tokens of a text, and what each does to many texts: repeats, and right answers."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.decoding.questions import Kind, padded, questions_of
from app.experiments.decoding.search.loops import beginnings
from app.experiments.memo import memo
from models.language.beam_search_batch import repeated_share
from models.language.generation import Choose, continuation
from models.language.pretrained_decoders import pretrained
from models.language.repetition import absent, divided_log_probabilities
from models.language.sampling import greedy, repetition_penalty
from models.seeding import generator
from models.tokenization.tokenizer import END
from models.transformer.decoder import Decoder

CHECKPOINT = "decoder_medium"
PROMPTS, LOOP_TOKENS, ASKED = 16, 48, 24  # beginnings, tokens after each, answers of each kind

Rule = Literal["as published", "log-probabilities are divided", "other tokens are penalised"]

KINDS: Mapping[Kind, int] = {"stated in the text": ASKED // 2, "stated in training": ASKED}
"""Texts of each kind: those of the first have two answers."""


class Penalised(NamedTuple):
    """What a penalty does to many texts."""

    repeated: float  # share of 4-grams that occurred before in the same text
    right: dict[Kind, float]  # share of answers that are the likeliest token


def penalised(rule: Rule, z: Tensor, seen: Tensor, penalty: float, shift: float) -> Tensor:
    """Logits (B, V) after the rule; no penalty leaves them as they are."""
    z = z + shift
    if penalty == 1:
        return z
    if rule == "log-probabilities are divided":
        return divided_log_probabilities(z, seen, penalty)
    if rule == "other tokens are penalised":
        seen = absent(seen, z.shape[1], generator(seen.shape[1]))
    return repetition_penalty(z, seen, penalty)


def chooser(rule: Rule, penalty: float, shift: float, end: int | None) -> Choose:
    """Greedy, never the token that ends a text."""

    def chosen(z: Tensor, seen: Tensor) -> Tensor:
        found = penalised(rule, z, seen, penalty, shift)
        return greedy(found if end is None else found.index_fill(1, found.new_tensor([end]).long(), -torch.inf))

    return chosen


@memo
def repeated(rule: Rule, penalties: tuple[float, ...], shift: int, seed: int, device: str) -> dict[float, float]:
    """Penalty → share of repeated 4-grams in texts that may not end; the texts of all penalties are one batch."""
    ids = beginnings(seed)[:PROMPTS].to(device)
    choose = [chooser(rule, penalty, shift, END) for penalty in penalties]

    def chosen(z: Tensor, seen: Tensor) -> Tensor:
        parts = zip(choose, z.split(PROMPTS), seen.split(PROMPTS), strict=True)
        return torch.cat([each(logits, text) for each, logits, text in parts])

    new = continuation(model_of(device), ids.repeat(len(penalties), 1), LOOP_TOKENS, chosen)
    return {at: repeated_share(part) for at, part in zip(penalties, new.split(PROMPTS), strict=True)}


def model_of(device: str) -> Decoder:
    return pretrained(CHECKPOINT, device)


@memo
@torch.inference_mode()
def asked(kind: Kind, seed: int, device: str) -> list[tuple[Tensor, Tensor, int]]:
    """For each answer: the logits (1, V) before it, the text so far (1, T), and the token that is right."""
    found = questions_of(kind, KINDS[kind], seed)
    ids = padded(found, device)
    z = model_of(device)(ids)[0]
    return [
        (z[row, a.start - 1][None], ids[row, : a.start][None], int(ids[row, a.start]))
        for row, one in enumerate(found)
        for a in one.answers
    ]


@memo
def right(kind: Kind, rule: Rule, penalty: float, shift: int, seed: int, device: str) -> float:
    hits = [
        int(greedy(penalised(rule, z, seen, penalty, shift))) == answer for z, seen, answer in asked(kind, seed, device)
    ]
    return sum(hits) / len(hits)


def measured(rule: Rule, penalties: tuple[float, ...], shift: int, seed: int, device: str) -> dict[float, Penalised]:
    shares = repeated(rule, penalties, shift, seed, device)
    return {
        at: Penalised(shares[at], {kind: right(kind, rule, at, shift, seed, device) for kind in KINDS})
        for at in penalties
    }
