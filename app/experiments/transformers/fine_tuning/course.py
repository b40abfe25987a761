"""A fine-tuning of two starts side by side, on several numbers of labels at once, kept while it goes on."""

from functools import lru_cache
from threading import Lock
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.dice import Dice
from models.data.handed_over import VOCABULARY
from models.data.handed_over_rows import laid_out
from models.data.handover_labels import LabelledSentence, Task, labelled, word_counts
from models.interpretability.probe import probe_accuracy
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.fine_tuning import FineTuning, Labelled
from models.transformer.pretrained_story_readers import (
    DecoderVariant,
    EncoderVariant,
    decoder_classifier,
    encoder_classifier,
)
from models.transformer.text_classifier import DecoderClassifier, EncoderClassifier, ReadAt

COUNTS = (8, 16, 32, 64, 128)
HELD_OUT = 160
"""Sentences that accuracy is measured on."""

STEPS, PARTS, BATCH, LEARNING_RATE = 48, 4, 16, 2e-3
PENALTY = 1.0
"""Of the classifier that only counts words."""

Reader = Literal["encoder", "decoder"]
PreTrained = Literal["stories as written", "stories, words shuffled"]
Attends = Literal["to both sides", "to the left only"]


class Snapshot(NamedTuple):
    """Both starts at one step: the pre-trained one first."""

    step: int
    p: Tensor  # (2, C, N) probability of the second class, for every number of labels and held-out sentence

    def accuracy(self, classes: Tensor) -> Tensor:
        """(2, C)"""
        return ((self.p > 0.5) == classes.bool()).double().mean(dim=-1)


class Setting(NamedTuple):
    """What the training depends on."""

    pre_trained: PreTrained
    task: Task
    read_at: ReadAt
    auxiliary: float
    attends: Attends
    reader: Reader
    seed: int


class Course:
    """A fine-tuning that goes on as far as it is asked for; what is done is kept."""

    def __init__(self, c: Setting) -> None:
        dice = Dice(f"labelled handovers {c.seed}")
        given = labelled(max(COUNTS), c.task, dice)
        asked = labelled(HELD_OUT, c.task, dice, given)
        self.given, self.asked = rows_of(given), rows_of(asked)
        starts = [start(c, known) for known in (True, False) for _ in COUNTS]
        self.training = FineTuning(starts, self.given, COUNTS * 2, generator(c.seed), LEARNING_RATE, BATCH, c.auxiliary)
        self.parameters = parameter_count(starts[0])
        self.found = [Snapshot(0, self.probabilities(self.asked.rows.ids))]
        self.lock = Lock()

    def log_odds(self, ids: Tensor, padding_seen: bool = False) -> Tensor:
        """Logit of the second class less that of the first, for both starts and every number of labels: (2, C, N)."""
        first, second = self.training.logits(ids, padding_seen).unbind(dim=-1)
        return (second - first).unflatten(0, (2, -1))

    def probabilities(self, ids: Tensor) -> Tensor:
        """Of the second class: (2, C, N)."""
        return self.log_odds(ids).sigmoid()

    def part(self, number: int) -> Snapshot:
        """After ``number`` of the ``PARTS`` of the training."""
        with self.lock:
            while len(self.found) <= number:
                for _ in range(STEPS // PARTS):
                    self.training.step()
                step = self.found[-1].step + STEPS // PARTS
                self.found.append(Snapshot(step, self.probabilities(self.asked.rows.ids)))
            return self.found[number]


def start(c: Setting, known: bool) -> EncoderClassifier | DecoderClassifier:
    """A classifier before its first step, pre-trained or not."""
    shuffled = c.pre_trained == "stories, words shuffled"
    if c.reader == "decoder":
        next_token: DecoderVariant = "next token, words shuffled" if shuffled else "next token"
        return decoder_classifier(next_token if known else None, c.seed, c.read_at)
    left = c.attends == "to the left only"
    variant: EncoderVariant = "words shuffled" if shuffled else "causal mask" if left else "as published"
    return encoder_classifier(variant if known else None, c.seed, c.read_at, left)


course = lru_cache(maxsize=8)(Course)
"""Kept by what the training depends on: a typed sentence or a count starts none anew. Not in the store of all results,
which counts bytes when a result comes: a training grows while it goes on."""


def rows_of(sentences: list[LabelledSentence]) -> Labelled:
    longest = max(len(one.words) for one in sentences) + 2
    rows = laid_out([(one.words, []) for one in sentences], length=longest)
    return Labelled(rows, torch.tensor([one.label for one in sentences]))


@memo
def by_word_counts(task: Task, seed: int) -> Tensor:
    """Accuracy of a ridge classifier on word counts, for every number of labels: (C,)."""
    dice = Dice(f"labelled handovers {seed}")
    given = labelled(max(COUNTS), task, dice)
    asked = labelled(HELD_OUT, task, dice, given)
    rows = rows_of([*given, *asked])
    counts = word_counts(rows.rows.ids, VOCABULARY)  # (N, V)
    held_out = torch.arange(len(given), len(counts))
    return torch.stack(
        [
            probe_accuracy(
                counts[torch.cat([torch.arange(n), held_out])], rows.classes[torch.cat([torch.arange(n), held_out])],
                torch.arange(n), 2, PENALTY,
            )
            for n in COUNTS
        ]
    ).double()  # fmt: skip
