"""A pre-trained reader and one with a random start, fine-tuned side by side on few labelled sentences."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.transformers.fine_tuning.course import (
    COUNTS,
    PARTS,
    Attends,
    Course,
    PreTrained,
    Reader,
    Setting,
    by_word_counts,
    course,
)
from app.experiments.transformers.story_text import Text
from models.data.handed_over import PEOPLE, words_of
from models.data.handed_over_rows import LENGTH, laid_out
from models.data.handover_labels import Task
from models.published.first_readers import weights_by_component
from models.transformer.text_classifier import ReadAt

PADDED = 24
"""Held-out sentences that are padded."""
ROUNDING = 1e-3
"""Of log-odds: a change up to here is none."""
NEAR = 0.05
"""Accuracies that differ by less have met."""

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
        training = course(Setting(c.pre_trained, c.task, c.read_at, c.auxiliary, c.attends, c.reader, c.seed))
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
