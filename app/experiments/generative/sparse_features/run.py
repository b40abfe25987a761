"""A dictionary of a language model's activations: what fires on a text, how pure it is, and what a clamp changes."""

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read_document
from models.data import words
from models.generative.sparse_autoencoder import clamped, encoded, explained, firing
from models.interpretability.class_purity import both_signs, purity_of_chosen
from models.interpretability.inner_activations import activations, carried_on
from models.language.pretrained_decoders import pretrained as pretrained_decoder
from models.parameter_count import parameter_count
from models.seeding import generator, normal
from models.tokenization.tokenizer import ids_of, labels
from models.training.sparse_autoencoders import FEATURES, MODEL, UNIT, WIDTH, pretrained, scaled, texts

DOCUMENTS, PER_CLASS, SPLITS, LIMIT, ROWS, BARS = 900, 40, 6, 24, 12, 8
CLASSES: Mapping[str, tuple[str, ...]] = {
    "residents": words.RESIDENTS, "guests": words.GUESTS, "cities": words.CITIES, "jobs": words.JOBS,
    "animals": words.ANIMALS, "objects": words.OBJECTS, "places": words.PLACES, "colours": words.COLOURS,
    "made-up words": words.NONCE, "digits": words.DIGITS,
}  # fmt: skip
CHANGED_PENALTY = 2.0
"""Of the two changed trainings."""
CANDIDATES = ("features", "raw coordinates", "random directions")

Training = Literal["as published", "decoder norms free", "on Gaussian vectors"]
ARM: Mapping[Training, str] = {"decoder norms free": "free norms", "on Gaussian vectors": "Gaussian vectors"}
Class = Literal[
    "residents", "guests", "cities", "jobs", "animals", "objects", "places", "colours", "made-up words", "digits"
]


class SparseControls(Controls):
    text: Sentence = Field("Ada lives in Lund . Ben lives in Oslo . Ada lives in", title="Text")
    training: Training = Field(
        "as published", title="Training", description="Decoder columns of length 1; the two others have penalty 2"
    )
    penalty: Literal["0.5", "2", "6"] = Field("2", title="Penalty λ", description="On the sum of the features")
    word_class: Class = Field("guests", title="Feature of a class", description="The purest on half of its words")
    clamp: float = Field(12.0, ge=0, le=30, multiple_of=0.5, title="Its value at the last token")


class Halves(NamedTuple):
    """Equally many tokens per class of words for choosing, and of the other words."""

    chosen_on: Tensor  # (10·n,) rows of the activations, class after class
    held_out: Tensor  # (10·n,)
    kind: Tensor  # (10·n,) class of each, the same for both


class Tokens(NamedTuple):
    """Held-out texts, their activations, and classes cut in half several times."""

    ids: Tensor  # (B,)
    x: Tensor  # (B, D)
    halves: tuple[Halves, ...]


class SparseResult(NamedTuple):
    controls: SparseControls
    arm: str
    purity: Tensor  # (3,) of CANDIDATES on held-out words, mean of the classes
    purity_by_class: Tensor  # (3, 10)
    firing: float
    l1: float
    explained: float
    silent: int
    pieces: list[str]
    features: Tensor  # (T, K) of the typed text
    shown: list[int]  # features of the first figure
    names: dict[int, str]  # the tokens at which a feature is strongest
    feature: int  # the clamped one
    before: Tensor  # (V,) next-token probabilities after the text
    after: Tensor  # (V,)
    class_mass: tuple[float, float]  # probability of words of the class before and after
    lives: float  # probability of “lives” after the clamp, what follows a guest's name
    parameters: int
    notices: list[str]


@cache
def class_tokens() -> list[Tensor]:
    """The words of each class that are one token."""
    spelt = [[ids_of(word) for word in group] for group in CLASSES.values()]
    return [torch.tensor([ids[0] for ids in group if len(ids) == 1]) for group in spelt]


@memo
@torch.inference_mode()
def tokens(seed: int, device: str) -> Tokens:
    rows = texts(DOCUMENTS, 20_000 + seed).to(device)
    x = scaled(activations(pretrained_decoder(MODEL, device), rows)).flatten(0, 1)
    flat, draws = rows.flatten(), generator(seed)
    return Tokens(flat, x, tuple(halves(flat.cpu(), draws) for _ in range(SPLITS)))


def halves(flat: Tensor, draws: torch.Generator) -> Halves:
    """Every class's words cut in half at random, and equally many tokens of each half."""
    found: tuple[list[Tensor], list[Tensor]] = ([], [])
    for group in class_tokens():
        shuffled = group[torch.randperm(len(group), generator=draws)]
        for half, chosen in zip(found, shuffled.tensor_split(2), strict=True):
            places = torch.isin(flat, chosen).nonzero()[:, 0]
            half.append(places[torch.randperm(len(places), generator=draws)[:PER_CLASS]])
    n = min(len(places) for half in found for places in half)
    first, second = (torch.cat([places[:n] for places in half]) for half in found)
    return Halves(first, second, torch.arange(len(CLASSES)).repeat_interleave(n))


def best_of(scores: Tensor, given: Tokens) -> tuple[list[int], Tensor]:
    """Candidates chosen on the first halves, one per class; purity by class on held-out words, mean of all cuts."""
    chosen, shares = zip(
        *(
            purity_of_chosen(scores[cut.chosen_on], scores[cut.held_out], cut.kind, len(CLASSES))
            for cut in given.halves
        ),
        strict=True,
    )
    return chosen[0].tolist(), torch.stack(shares).mean(dim=0)


@memo
@torch.inference_mode()
def baselines(seed: int, device: str) -> Tensor:
    """Purity by class of raw coordinates and of as many random directions as there are features: (2, 10)."""
    given = tokens(seed, device)
    centred = given.x - given.x.mean(dim=0)
    directions = normal(WIDTH, FEATURES, seed=seed).to(device)
    return torch.stack([best_of(scores, given)[1] for scores in (both_signs(centred), centred @ directions)]).cpu()


class Dictionary(NamedTuple):
    chosen: list[int]  # one per class
    purity: Tensor  # (10,)
    firing: float
    l1: float
    explained: float
    silent: int
    strongest: Tensor  # (8, K) tokens at which each feature is strongest


@memo
@torch.inference_mode()
def dictionary(arm: str, seed: int, device: str) -> Dictionary:
    given = tokens(seed, device)
    y, trace = pretrained(arm, device)(given.x)
    f = trace.features
    return Dictionary(
        *best_of(f, given), firing(f).float().mean().item(), f.sum(dim=-1).mean().item(), explained(given.x, y).item(),
        int((f.amax(dim=0) <= 0).sum()), given.ids[f.topk(8, dim=0).indices].cpu(),
    )  # fmt: skip


def name_of(found: Dictionary, feature: int) -> str:
    seen = dict.fromkeys(labels()[token] for token in found.strongest[:, feature].tolist())
    return ", ".join(list(seen)[:2])


@torch.inference_mode()
def run(controls: SparseControls, device: str) -> SparseResult:
    c, model = controls, pretrained_decoder(MODEL, device)
    arm = ARM.get(c.training, c.penalty)
    sae, found = pretrained(arm, device), dictionary(arm, c.seed, device)
    by_class = torch.cat([found.purity.cpu()[None], baselines(c.seed, device)])
    feature = found.chosen[list(CLASSES).index(c.word_class)]
    reading = read_document(c.text, LIMIT, "text", device)
    x = scaled(activations(model, reading.ids))[0]
    f = encoded(x, sae.encoder, sae.bias, sae.centre)
    changed = x.clone()
    changed[-1:] = clamped(x[-1:], f[-1:], sae.decoder, feature, c.clamp)
    before, after = (carried_on(model, UNIT * state[None])[0, -1].cpu() for state in (x, changed))
    shown = f[1:].amax(dim=0).topk(ROWS).indices.tolist()
    words_of_class = class_tokens()[list(CLASSES).index(c.word_class)]
    return SparseResult(
        c, arm, by_class.mean(dim=1), by_class, found.firing, found.l1, found.explained, found.silent, reading.pieces,
        f, shown, {k: name_of(found, k) for k in {*shown, feature}}, feature, before, after,
        (before[words_of_class].sum().item(), after[words_of_class].sum().item()),
        after[ids_of("lives")[0]].item(), parameter_count(sae), reading.notices,
    )  # fmt: skip


def measure(result: SparseResult) -> Measurements:
    features, raw, random = result.purity.tolist()
    return {
        "purity": features,
        "purity_raw": raw,
        "purity_random": random,
        "best_other": max(raw, random),
        "purity_gap": features - max(raw, random),
        "firing": result.firing,
        "l1": result.l1,
        "explained": result.explained,
        "silent": result.silent,
        "penalty": float(result.controls.penalty) if result.controls.training == "as published" else CHANGED_PENALTY,
        "lives_after": result.lives,
        "class_after": result.class_mass[1],
    }
