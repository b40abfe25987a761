"""Texts of the tiny world for everything that happens after training: no two purposes ever read the same ones.

A text is drawn from a number. Trainings use small numbers; each purpose below has a range of its own, wide enough for
every seed of a page.
"""

from collections.abc import Mapping
from typing import Literal

import torch
from torch import Tensor

from models.checkpoints import load_card
from models.data.corpus import Mixture, documents
from models.tokenization.tokenizer import END, ids_of

Purpose = Literal["evaluation", "further training", "calibration", "search", "recorded curves"]

SEEDS: Mapping[Purpose, range] = {
    "evaluation": range(1 << 32, 2 << 32),  # what a page measures on
    "further training": range(2 << 32, 3 << 32),  # what a page trains a changed model on
    "calibration": range(3 << 32, 4 << 32),  # what a conversion is fitted to
    "search": range(4 << 32, 5 << 32),  # what a search over settings is scored on
    "recorded curves": range(50_000, 50_001),  # what ``models.language.loss_by_length`` records
}
"""Trainings draw from numbers below 10 000, the metrics on cards from 10 001 (``models.training.recipes.UNSEEN``)."""


def seed_of(purpose: Purpose, seed: int) -> int:
    """The number that this purpose draws from at a page's seed; raises IndexError outside its range."""
    return SEEDS[purpose][seed]


@torch.inference_mode(False)  # a run that takes gradients may read what another one made
def packed(mixture: Mixture | str, purpose: Purpose, seed: int, rows: int, length: int) -> Tensor:
    """Documents one after the other, each behind an end-of-text token as in training: ids (rows, length)."""
    ids: list[int] = []
    for document in documents(mixture, seed_of(purpose, seed)):
        ids += [END, *ids_of(document)]
        if len(ids) >= rows * length:
            break
    return torch.tensor(ids[: rows * length]).view(rows, length)


def mixture_of(checkpoint: str) -> Mixture | str:
    """The kinds of text that a checkpoint was trained on, by its card."""
    found: Mixture | str = load_card(checkpoint)["data"]["tiny world"]
    return found
