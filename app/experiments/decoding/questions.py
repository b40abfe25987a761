"""Questions that a decoder is asked with and without a change of decoding: told in the text, or in training alone."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from app.experiments.memo import memo
from models.data.corpus import Question, encoded, questions
from models.seeding import generator
from models.training.metrics import told_facts

Kind = Literal["stated in training", "stated in the text", "new words"]
SOURCES: Mapping[Kind, tuple[str, Mapping[str, Any]]] = {
    "stated in the text": ("context_facts", {"people": 2}),
    "new words": ("mapping", {}),
}


@memo
def stated_often() -> list[Question]:
    return told_facts("often")


def questions_of(kind: Kind, count: int, seed: int) -> list[Question]:
    """``count`` texts with answers, drawn by the seed."""
    if kind == "stated in training":
        known = stated_often()
        return [known[int(at)] for at in torch.randperm(len(known), generator=generator(seed))[:count]]
    source, options = SOURCES[kind]
    return [encoded(sample) for sample in questions(source, count, seed, "held_out", **options)]


def padded(found: Sequence[Question], device: str) -> Tensor:
    """Their ids (B, T); padding stands behind them."""
    return pad_sequence([torch.as_tensor(one.ids) for one in found], batch_first=True).to(device)
