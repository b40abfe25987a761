"""A dictionary of a language model's activations: what fires on a text, how pure it is, and what a clamp changes."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.generative.sparse_features.dictionaries import (
    CLASSES,
    Dictionary,
    baselines,
    class_tokens,
    dictionary,
)
from app.experiments.text import read_document
from models.generative.sparse_autoencoder import clamped, encoded
from models.interpretability.inner_activations import activations, carried_on
from models.language.pretrained_decoders import pretrained as pretrained_decoder
from models.parameter_count import parameter_count
from models.tokenization.tokenizer import ids_of, labels
from models.training.sparse_autoencoders import MODEL, UNIT, pretrained, scaled

LIMIT, ROWS = 24, 12
CHANGED_PENALTY = 2.0
"""Of the two changed trainings."""

Training = Literal["as published", "decoder norms free", "on Gaussian vectors"]
ARM: Mapping[Training, str] = {"decoder norms free": "free norms", "on Gaussian vectors": "Gaussian vectors"}
Penalty = Literal["0", "0.5", "1", "2", "6", "15"]
Class = Literal[
    "residents", "guests", "cities", "jobs", "animals", "objects", "places", "colours", "made-up words", "digits"
]


class SparseControls(Controls):
    text: Sentence = Field("Ada lives in Lund . Ben lives in Oslo . Ada lives in", title="Text")
    training: Training = Field(
        "as published", title="Training", description="Decoder columns of length 1; the two others have penalty 2"
    )
    penalty: Penalty = Field("2", title="Penalty λ", description="On the sum of the features; 0 is a plain autoencoder")
    word_class: Class = Field("guests", title="Feature of a class", description="The purest on half of its words")
    clamp: float = Field(12.0, ge=0, le=30, multiple_of=0.5, title="Its value at the last token")


class SparseResult(NamedTuple):
    controls: SparseControls
    arm: str
    purity: Tensor  # (3,) of features, raw coordinates and random directions on held-out words, mean of the classes
    sweep: dict[Penalty, Dictionary]  # of each penalty, trained as published
    found: Dictionary
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
        c, arm, by_class.mean(dim=1), {each: dictionary(each, c.seed, device) for each in get_args(Penalty)}, found,
        reading.pieces, f, shown, {k: name_of(found, k) for k in {*shown, feature}}, feature, before, after,
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
        "firing": result.found.firing,
        "l1": result.found.l1,
        "explained": result.found.explained,
        "silent": result.found.silent,
        "penalty": float(result.controls.penalty) if result.controls.training == "as published" else CHANGED_PENALTY,
        "lives_after": result.lives,
        "class_after": result.class_mass[1],
    }
