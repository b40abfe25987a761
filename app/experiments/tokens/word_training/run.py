"""Skip-gram with negative sampling trained on a small text while the reader watches its words gather."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from app.experiments.tokens.word_choice import Word, notices_of, place_of
from models.data.word_vector_text import Words, arranged, text, words
from models.language.skip_gram_training import SkipGramTraining
from models.language.word_vectors import cosines, mean_cosine, nearest, purity
from models.parameter_count import parameter_count
from models.tokenization.tokenizer import VOCABULARY

NEIGHBOURS = 5
SNAPSHOTS = 10


class WordTrainingControls(Controls):
    word: Word = Field("Rome", title="Word", description="Its neighbours are shown")
    order: Literal["as written", "words shuffled", "documents shuffled"] = Field("as written", title="Text")
    noise_words: int = Field(5, ge=0, le=15, title="Noise words per pair", description="Negative samples K")
    window: int = Field(5, ge=1, le=10, title="Window", description="Tokens to each side")
    exponent: float = Field(0.75, ge=0, le=1, multiple_of=0.05, title="Noise exponent α", description="0: uniform")
    steps: int = Field(400, ge=100, le=800, multiple_of=50, title="Training steps")
    learning_rate: float = Field(0.025, ge=0.001, le=0.2, title="Learning rate", json_schema_extra=MORE | {"log": True})


class Snapshot(NamedTuple):
    """The vectors of the words looked at, and what is measured of them."""

    vectors: Tensor  # (M, D)
    purity: float  # of the words of the classes, their neighbours looked for among these
    mean_cosine: float


class WordTrainingResult(NamedTuple):
    controls: WordTrainingControls
    words: Words
    listed: Tensor  # (M,) which words are of a class
    picked: int
    progress: Progress[Snapshot]
    losses: Tensor  # (steps so far,) nats per pair
    parameters: int
    notices: list[str]


def chance(classes: Tensor) -> float:
    """The share of words of the own class among all other words, averaged over the words (M,)."""
    count = torch.bincount(classes).double()
    return ((count * (count - 1)).sum() / (len(classes) * (len(classes) - 1))).item()


def run(controls: WordTrainingControls, device: str) -> Iterator[WordTrainingResult]:
    """On the CPU whatever the device: lookups and updates of single rows keep no other one busy."""
    shown = words(controls.seed)
    listed = shown.classes < shown.classes.max()
    live = SkipGramTraining(
        arranged(text(controls.seed), controls.order, controls.seed), VOCABULARY, seed=controls.seed,
        noise_words=controls.noise_words, window=controls.window, exponent=controls.exponent,
        learning_rate=controls.learning_rate,
    )  # fmt: skip

    @torch.no_grad()
    def evaluate() -> Snapshot:
        vectors = live.model.vectors[shown.ids]
        rows = vectors[listed]
        found = purity(nearest(cosines(rows).nan_to_num(), NEIGHBOURS), shown.classes[listed])
        return Snapshot(vectors, found.mean().item(), mean_cosine(rows).item())

    for progress in training(live.step, evaluate, controls.steps, SNAPSHOTS):
        yield WordTrainingResult(
            controls, shown, listed, place_of(controls.word, shown), progress, torch.stack(live.losses),
            parameter_count(live.model), notices_of(controls.word, shown),
        )  # fmt: skip


def measure(result: WordTrainingResult) -> Measurements:
    newest = result.progress.newest
    return {
        "purity": newest.purity,
        "purity_before_training": result.progress.snapshots[0].purity,
        "chance_purity": chance(result.words.classes[result.listed]),
        "mean_cosine": newest.mean_cosine,
        "loss_nats": result.losses[-50:].mean().item(),
    }
