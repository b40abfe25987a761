"""Pairs of texts: does the second follow? True pairs, random and swapped ones, and endings of the same form."""

from typing import Annotated, Literal, NamedTuple, get_args

import torch
from pydantic import AfterValidator, Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read
from models.data.sentence_pair_questions import (
    Pair,
    Renamed,
    Texts,
    renamed,
    share_a_name,
    told,
)
from models.data.sentence_pairs import ids_of_words, laid_out
from models.language.pretrained_text_models import masked_encoder
from models.parameter_count import parameter_count
from models.tokenization.tokenizer import PAD
from models.transformer.encoder import padding_mask

HELD_OUT, LENGTH = 96, 48
FIRST_TOKENS, SECOND_TOKENS = 24, 36
"""Of the typed texts; the encoder has 64 positions."""

Kind = Literal["true next", "random", "same form", "swapped"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def _worded(text: str) -> str:
    if not text.strip():
        raise ValueError("takes text with at least one word")
    return text


Words = Annotated[Sentence, AfterValidator(_worded)]
"""Of which names are exchanged: nothing is left of a blank one."""


class NextSentenceControls(Controls):
    first: Words = Field("Tess wakes up in Leeds . she takes the pen .", title="First text")
    second: Words = Field(
        "she goes to the garden . Ruth is in the garden too . Tess gives Ruth the pen . now Ruth has the pen ."
        " then Tess goes back to Leeds .",
        title="Second text",
    )
    random: Literal["any other text", "a text of the same form"] = Field(
        "any other text", title="Random second halves are of", description="Same form: equal up to names and things"
    )
    people: Renamed = Field("nowhere", title="People of held-out pairs renamed")
    texts: Texts = Field("of three kinds", title="Held-out texts", description="Stories; facts; who “she” is")


class NextSentenceResult(NamedTuple):
    controls: NextSentenceControls
    rejected: Tensor  # (4,) share of held-out pairs that are judged not to follow, by kind
    by_names: Tensor  # (4,) share that have no person in common
    typed: Tensor  # (3,) probability that the second text follows: as typed, swapped, other names in the second
    pieces: tuple[list[str], list[str]]
    parameters: int
    notices: list[str]


@torch.inference_mode()
def follows(pairs: list[tuple[list[int], list[int]]], length: int, device: str) -> Tensor:
    """Probability that the second text of each pair is the next one: (N,)."""
    rows = [laid_out(one, other, length) for one, other in pairs]
    ids, segments = (torch.tensor([row[part] for row in rows], device=device) for part in (0, 1))
    said, _ = masked_encoder(device)(ids, segments, padding_mask(ids, PAD))
    return said.next_sentence.softmax(dim=-1)[:, 1].cpu().double()


def held_out(kind: Kind, texts: Texts, where: Renamed, seed: int) -> list[Pair]:
    found = told(HELD_OUT, texts, seed, LENGTH - 3)
    if kind == "swapped":
        return [(second, first) for first, second in (renamed(pair, where) for pair in found.true)]
    pairs = {"true next": found.true, "random": found.random, "same form": found.fitting}[kind]
    return [renamed(pair, where) for pair in pairs]


@memo
def rejected(kind: Kind, texts: Texts, where: Renamed, seed: int, device: str) -> tuple[float, float]:
    """Share of the held-out pairs that the encoder rejects, and share that have no person in common."""
    pairs = held_out(kind, texts, where, seed)
    said = follows([(ids_of_words(one), ids_of_words(other)) for one, other in pairs], LENGTH, device)
    apart = sum(not share_a_name(pair) for pair in pairs) / len(pairs)
    return (said <= 0.5).double().mean().item(), apart


def run(controls: NextSentenceControls, device: str) -> NextSentenceResult:
    c = controls
    first, second = read(c.first, FIRST_TOKENS, "first", device), read(c.second, SECOND_TOKENS, "second", device)
    other = read(renamed((c.first, c.second), "in the second half")[1], SECOND_TOKENS, "second", device)
    one, two, new = (part.ids[0].tolist() for part in (first, second, other))
    by_kind = [rejected(kind, c.texts, c.people, c.seed, device) for kind in KINDS]
    model, apart = torch.tensor(by_kind, dtype=torch.double).unbind(dim=1)
    return NextSentenceResult(
        c, model, apart, follows([(one, two), (two, one), (one, new)], FIRST_TOKENS + SECOND_TOKENS + 3, device),
        (first.pieces, second.pieces), parameter_count(masked_encoder(device)), [*first.notices, *second.notices],
    )  # fmt: skip


def measure(result: NextSentenceResult) -> Measurements:
    true, random, same_form, swapped = result.rejected.tolist()
    random = random if result.controls.random == "any other text" else same_form
    names = result.by_names.tolist()
    return {
        "true_accepted": 1 - true,
        "random_rejected": random,
        "swapped_rejected": swapped,
        "random_minus_swapped": random - swapped,
        "names_reject_random": names[1],
        "names_accept_true": 1 - names[0],
        "typed_probability": result.typed[0].item(),
        "typed_swapped_probability": result.typed[1].item(),
    }
