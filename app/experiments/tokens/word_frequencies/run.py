"""How often tokens are used, and what models know of people who are named often or seldom."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read
from models.checkpoints import load_state
from models.data.named_by_frequency import Frequencies, ranked, shares
from models.language.held_out import packed
from models.tokenization.token_counts import counts, coverage, ranked_shares
from models.tokenization.tokenizer import VOCABULARY
from models.training.word_frequencies import NAME, SNAPSHOTS, TRAININGS, model_of, recall

LONGEST, SAMPLE_ROWS, SAMPLE_LENGTH = 12, 500, 64
GROUP, FEW, COVERED = 6, 12, 100
"""People per bar, people at either end that are compared, tokens whose share of the text is told."""

When = Literal["nearest to half known", "300 steps", "600 steps", "1200 steps", "2400 steps"]
Kind = Literal["facts, questions and more", "every kind of text", "chats"]
MIXTURES: dict[Kind, str] = {"facts, questions and more": "recall", "every kind of text": "every", "chats": "chat"}


class FrequencyControls(Controls):
    frequencies: Frequencies = Field("power law", title="How often people are named")
    when: When = Field("nearest to half known", title="Models are asked")
    kind: Kind = Field("facts, questions and more", title="Text whose tokens are counted")
    text: Sentence = Field("Mia has a lamplight .", title="Your words", description=f"Up to {LONGEST} tokens")


class Known(NamedTuple):
    """What one training knows at one of its snapshots."""

    steps: int
    recall: Tensor  # (R,) share of each person's facts that is completed, by rank
    nearer: int  # how many other snapshots have a mean recall nearer to one half


class FrequencyResult(NamedTuple):
    controls: FrequencyControls
    asked: dict[str, Known]  # shares of the names → as it is set, and equal (or the power law) beside it
    named: Tensor  # (R,) share of the statements on each rank, as it is set
    counted: Tensor  # (V,) how often each token occurs
    f: Tensor  # (V,) shares by rank
    ids: Tensor  # (1, T) of the typed words
    pieces: list[str]
    parameters: int
    notices: list[str]


@memo
@torch.inference_mode()
def recalls(frequencies: Frequencies, training: int) -> Tensor:
    """Recall by snapshot and rank, (S, R)."""
    people, weights = ranked(frequencies, training), load_state(NAME)
    found = [recall(model_of(weights, frequencies, training, at), people) for at in range(len(SNAPSHOTS))]
    return torch.tensor(found)


def known(frequencies: Frequencies, training: int, when: When) -> Known:
    """At the snapshot that is asked for; “half” is the one with the mean recall nearest to one half."""
    found = recalls(frequencies, training)
    from_half = (found.mean(dim=1) - 0.5).abs()
    at = int(from_half.argmin()) if when == "nearest to half known" else SNAPSHOTS.index(int(when.split()[0]))
    return Known(SNAPSHOTS[at], found[at], int((from_half < from_half[at]).sum()))


@memo
def token_counts(kind: Kind, seed: int) -> Tensor:
    """How often each token occurs in a sample of that text, (V,)."""
    return counts(packed(MIXTURES[kind], "evaluation", seed, SAMPLE_ROWS, SAMPLE_LENGTH).flatten(), VOCABULARY)


def run(controls: FrequencyControls, device: str) -> FrequencyResult:
    c, training = controls, controls.seed % TRAININGS
    other: Frequencies = "power law" if c.frequencies == "equal" else "equal"
    text = read(c.text.strip() or "Mia", LONGEST, "text", device)
    counted = token_counts(c.kind, c.seed)
    model = model_of(load_state(NAME), c.frequencies, training, 0)
    return FrequencyResult(
        controls=c,
        asked={name: known(name, training, c.when) for name in (c.frequencies, other)},
        named=torch.tensor(shares(c.frequencies)),
        counted=counted,
        f=ranked_shares(counted),
        ids=text.ids,
        pieces=text.pieces,
        parameters=sum(weight.numel() for weight in model.parameters()),
        notices=text.notices,
    )


def measure(result: FrequencyResult) -> Measurements:
    asked = result.asked[result.controls.frequencies]
    first, last = asked.recall[:FEW].mean().item(), asked.recall[-FEW:].mean().item()
    return {
        "recall_often_named": first,
        "recall_seldom_named": last,
        "recall_gap": first - last,
        "mean_recall": asked.recall.mean().item(),
        "steps": asked.steps,
        "snapshots_nearer_to_half": asked.nearer,
        "named_ratio": (result.named[:FEW].sum() / result.named[-FEW:].sum()).item(),
        "used_tokens": int((result.counted > 0).sum()),
        "used_share": (result.counted > 0).double().mean().item(),
        "coverage_of_100": coverage(result.f, COVERED).item(),
        "typed_tokens": result.ids.shape[1],
    }
