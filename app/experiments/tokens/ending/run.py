"""A small decoder that learns live where a text ends, with pads that the loss skips rightly or wrongly."""

from collections.abc import Iterator
from statistics import mean
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.data.dice import Dice
from models.data.kinds.facts import STATEMENTS, statement
from models.data.sample import plain
from models.data.world import world
from models.language.ending import (
    IGNORED,
    ending_probability,
    mean_loss,
    rows_of,
    skipping_by_length,
    skipping_pads,
)
from models.language.generation import continuation
from models.language.sampling import draw
from models.parameter_count import parameter_count
from models.recurrence.live_training import LiveTraining
from models.seeding import generator
from models.tokenization.tokenizer import END, PAD, SEP, decode, ids_of, pieces
from models.training.tuning import trainable_copy
from models.transformer.decoder import Decoder

CHECKPOINT = "decoder_small"
STOP = SEP
"""The end token of this page: an id that the model never met before, as chat models are given new ones."""

TRAINING_TEXTS, HELD_OUT, BATCH, GENERATED, LIMIT = 1000, 32, 16, 96, 32
LEARNING_RATE = 3e-3

Sentences = Literal["two", "three", "one or two"]
COUNTS: dict[Sentences, tuple[int, int]] = {"two": (2, 2), "three": (3, 3), "one or two": (1, 2)}
Pads = Literal["a pad token", "the end token", "the end token, skipped by length"]
Skipped = Literal["pads only", "and one random word of each text"]


class EndingControls(Controls):
    sentences: Sentences = Field("two", title="Sentences of each text")
    pads: Pads = Field("a pad token", title="Rows are filled up with")
    skipped: Skipped = Field("pads only", title="The loss skips")
    steps: int = Field(80, ge=40, le=240, multiple_of=20, title="Training steps", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    """Mean probabilities of the end token in held-out texts."""

    at_end: float  # behind the last full stop
    at_first_stop: float  # behind the first full stop of texts with more than one; NaN if there are none
    elsewhere: float  # at all positions but the last


class EndingResult(NamedTuple):
    controls: EndingControls
    progress: Progress[Snapshot]
    pieces: list[str]  # of one held-out text, the start token first
    z: Tensor  # (1, T, V) its logits
    texts: list[tuple[str, bool]]  # generated, and whether they ended
    lengths: list[int]  # of the generated texts, in tokens
    data_lengths: list[int]  # of the training texts
    parameters: int


def texts_of(sentences: Sentences, count: int, name: str) -> list[list[int]]:
    """Texts of statements about the fixed world, as token ids."""
    dice, facts = Dice(name), world().by_tier["often"]
    low, high = COUNTS[sentences]
    one = lambda: plain(statement(dice.pick(facts), dice.between(0, len(STATEMENTS["home"]) - 1)))
    return [ids_of(" ".join(one() for _ in range(dice.between(low, high)))) for _ in range(count)]


def batch_of(texts: list[list[int]], c: EndingControls, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """Rows (B, T) and what is to be predicted (B, T − 1)."""
    chosen = [texts[i] for i in torch.randint(len(texts), (BATCH,), generator=draws).tolist()]
    pad = PAD if c.pads == "a pad token" else STOP
    x = rows_of(chosen, END, STOP, pad)
    n = torch.tensor([len(text) + 2 for text in chosen])
    y = skipping_by_length(x, n) if c.pads.endswith("by length") else skipping_pads(x, pad)
    if c.skipped != "pads only":
        place = (torch.rand(BATCH, generator=draws) * (n - 2)).long()  # of a word, never of the end token
        y = y.scatter(1, place[:, None], IGNORED)
    return x, y


@torch.no_grad()
def snapshot(model: Decoder, texts: list[list[int]], device: str) -> Snapshot:
    x = rows_of(texts, END, STOP, PAD).to(device)
    p = ending_probability(model(x)[0], STOP).cpu()
    full_stop = ids_of(".")[0]
    at_end, first, elsewhere = [], [], []
    for row, text in zip(p, texts, strict=True):
        last = len(text)
        at_end.append(row[last])
        elsewhere.append(row[:last].mean())
        stops = [place for place, token in enumerate(text, 1) if token == full_stop]
        first += [row[stops[0]]] if len(stops) > 1 else []
    return Snapshot(*(torch.stack(some).mean().item() if some else float("nan") for some in (at_end, first, elsewhere)))


@torch.no_grad()
def generated(model: Decoder, seed: int, device: str) -> list[list[int]]:
    """Sampled texts up to the end token, or up to LIMIT tokens."""
    chance = generator(seed + 2)
    start = torch.full((GENERATED, 1), END, device=device)
    rows = continuation(model, start, LIMIT, lambda z, _: draw(z, chance), STOP).tolist()
    return [row[: row.index(STOP)] if STOP in row else row + [STOP] * (LIMIT - len(row)) for row in rows]


def run(controls: EndingControls, device: str) -> Iterator[EndingResult]:
    c = controls
    model = trainable_copy(CHECKPOINT, device)
    data = texts_of(c.sentences, TRAINING_TEXTS, f"ending {c.seed}")
    held_out = texts_of(c.sentences, HELD_OUT, f"held-out ending {c.seed}")

    def loss(draws: torch.Generator) -> Tensor:
        x, y = batch_of(data, c, draws)
        return mean_loss(model(x.to(device))[0], y.to(device))

    learning = LiveTraining(model, loss, c.seed, LEARNING_RATE)
    shown = max(held_out[:8], key=len)
    ids = torch.tensor([[END, *shown]], device=device)
    for progress in training(learning.step, lambda: snapshot(model, held_out, device), c.steps):
        with torch.no_grad():
            z = model(ids)[0]
        said = generated(model, c.seed, device) if progress.done else []
        yield EndingResult(
            controls=c,
            progress=progress,
            pieces=pieces(ids[0].tolist()),
            z=z,
            texts=[(decode(row), len(row) < LIMIT) for row in said],
            lengths=[len(row) for row in said],
            data_lengths=[len(text) for text in data],
            parameters=parameter_count(model),
        )


def measure(result: EndingResult) -> Measurements:
    newest, data = result.progress.newest, mean(result.data_lengths)
    length = mean(result.lengths) if result.lengths else float("nan")
    count = max(1, len(result.texts))
    return {
        "length_ratio": length / data,
        "mean_length": length,
        "mean_data_length": data,
        "ended_share": sum(ended for _, ended in result.texts) / count,
        "end_probability_at_the_end": newest.at_end,
        "end_probability_at_the_first_stop": newest.at_first_stop,
        "end_probability_elsewhere": newest.elsewhere,
    }
