"""A pre-trained reader and one with a random start, fine-tuned side by side on few labelled sentences."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from threading import Lock
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from app.experiments.transformers.story_text import Text
from models.data.dice import Dice
from models.data.handed_over import PEOPLE, VOCABULARY, words_of
from models.data.handed_over_rows import LENGTH, laid_out
from models.data.handover_labels import LabelledSentence, Task, labelled, word_counts
from models.interpretability.probe import probe_accuracy
from models.parameter_count import parameter_count
from models.published.first_readers import weights_by_component
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
HELD_OUT, PADDED = 160, 24
"""Sentences that accuracy is measured on, and those of them that are padded."""
ROUNDING = 1e-3
"""Of log-odds: a change up to here is none."""
STEPS, PARTS, BATCH, LEARNING_RATE = 48, 4, 16, 2e-3
PENALTY = 1.0
"""Of the classifier that only counts words."""
NEAR = 0.05
"""Accuracies that differ by less have met."""

Reader = Literal["encoder", "decoder"]
PreTrained = Literal["stories as written", "stories, words shuffled"]
Attends = Literal["to both sides", "to the left only"]
CountedModel = Literal["BERT base", "BERT large", "RoBERTa large", "GPT-1"]
READERS: tuple[Reader, ...] = "encoder", "decoder"
FAMILIES = "RoBERTa", "BERT", "GPT-1"
PUBLISHED: Mapping[CountedModel, float] = {
    "BERT base": 110e6,
    "BERT large": 340e6,
    "RoBERTa large": 355e6,
    "GPT-1": 117e6,
}
"""Figures of the makers; GPT-1's stands in the paper on GPT-2."""


class FineTuningControls(Controls):
    pre_trained: PreTrained = Field("stories as written", title="Pre-trained on")
    task: Task = Field("who receives it", title="Class asked for", description="A woman or a man; an animal or a tool")
    labels: Literal[8, 16, 32, 64, 128] = Field(32, title="Labelled sentences")
    text: Text = Field("Ada gives Ben the hen .", title="Sentence", description="Of words that the stories use")
    padding: Literal["not attended to", "attended to"] = Field("not attended to", title="Padding is")
    read_at: ReadAt = Field("last word", title="Class is read at")
    auxiliary: float = Field(
        0.0, ge=0, le=1, multiple_of=0.25, title="Auxiliary language loss λ", description="Of the decoder only"
    )
    counted_model: CountedModel = Field("BERT base", title="Published model counted")
    counted: Literal["all weights", "without embeddings"] = Field("all weights", title="What is counted")
    attends: Attends = Field("to both sides", title="Each token attends", description="Of the encoder only")
    reader: Reader = Field("encoder", title="Reader", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    """Both starts at one step: the pre-trained one first."""

    step: int
    p: Tensor  # (2, C, N) probability of the second class, for every number of labels and held-out sentence

    def accuracy(self, classes: Tensor) -> Tensor:
        """(2, C)"""
        return ((self.p > 0.5) == classes.bool()).double().mean(dim=-1)


class Course:
    """A fine-tuning that goes on as far as it is asked for; what is done is kept."""

    def __init__(self, c: FineTuningControls) -> None:
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


def start(c: FineTuningControls, known: bool) -> EncoderClassifier | DecoderClassifier:
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

TRAINS = ("pre_trained", "task", "read_at", "auxiliary", "attends", "reader", "seed")
"""The controls that the training depends on."""


class FineTuningResult(NamedTuple):
    controls: FineTuningControls
    step: int
    accuracy: Tensor  # (2, C) of the pre-trained start and of the random one
    by_words: Tensor  # (C,) of a classifier that counts words
    typed: list[str]  # the sentence, and the same with its people exchanged, if it names two
    typed_p: Tensor  # (2, S) probability of the second class
    padding_changes: Tensor  # (PADDED,) of the log-odds of a sentence, when it is padded to the longest row
    parts: Mapping[str, int]  # component of the published model → weights
    total: int
    parameters: int
    notices: list[str]


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


def exchanged(words: list[str]) -> list[str] | None:
    """The sentence with its two people exchanged; None unless it names two."""
    at = [place for place, word in enumerate(words) if word in PEOPLE]
    if len(at) != 2:
        return None
    one, other = at
    swapped = list(words)
    swapped[one], swapped[other] = words[other], words[one]
    return swapped


def run(controls: FineTuningControls, device: str) -> Iterator[FineTuningResult]:
    """On the CPU whatever the device: the steps are small."""
    c = controls
    words, unknown = words_of(c.text, LENGTH - 2)
    twin = exchanged(words)
    typed = laid_out([(one, []) for one in (words, twin) if one is not None]).ids
    with torch.inference_mode(False):
        training = course(FineTuningControls(**c.model_dump(include=set(TRAINS))))
        chosen = COUNTS.index(c.labels)
        parts = dict(weights_by_component(c.counted_model))
        if c.counted == "without embeddings":
            parts = {name: count for name, count in parts.items() if name not in EMBEDDINGS}
        for number in range(min(len(training.found), PARTS), PARTS + 1):
            found = training.part(number)
            yield FineTuningResult(
                c, found.step, found.accuracy(training.asked.classes), by_word_counts(c.task, c.seed),
                [" ".join(one) for one in (words, twin) if one is not None], training.probabilities(typed)[:, chosen],
                padding_changes(training, c.padding == "attended to", chosen), parts,
                sum(parts.values()), training.parameters, unknown,
            )  # fmt: skip


EMBEDDINGS = ("token embedding", "positions and segments")


def padding_changes(training: Course, seen: bool, chosen: int) -> Tensor:
    """How much the log-odds of the same sentences change when each is padded to the longest row: (PADDED,)."""
    ids = training.asked.rows.ids[:PADDED]
    padded = torch.nn.functional.pad(ids, (0, LENGTH - ids.shape[1]))  # PAD is 0
    alone, batched = (training.log_odds(one, on)[0, chosen] for one, on in ((ids, False), (padded, seen)))
    return (alone - batched).abs()


def measure(result: FineTuningResult) -> Measurements:
    c = result.controls
    at = COUNTS.index(c.labels)
    accuracy, random = result.accuracy[:, at].tolist()
    met = (result.accuracy[0] - result.accuracy[1]).abs() < NEAR
    twins = {"change_by_exchange": result.typed_p[0].diff().abs().item()} if len(result.typed) == 2 else {}
    return twins | {
        "accuracy": accuracy,
        "random_start_accuracy": random,
        "lead": accuracy - random,
        "word_count_accuracy": result.by_words[at].item(),
        "labels_until_met": float(COUNTS[int(met.int().argmax())]) if met.any() else 2.0 * COUNTS[-1],
        "padding_difference": result.padding_changes.max().item(),
        "padding_changed_share": (result.padding_changes > ROUNDING).double().mean().item(),
        "counted": float(result.total),
        "off_published_share": abs(result.total / PUBLISHED[c.counted_model] - 1),
        "labels_given": float(c.labels),
        "reader_as_stated": (1.0 + READERS.index(c.reader)) * (c.labels == 64 and c.task == "who receives it"),
        "counted_family": float(FAMILIES.index(c.counted_model.split()[0])),
    }
