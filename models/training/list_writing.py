"""What encoder-decoders that write lists of words again are trained on, and how they are judged."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data.word_lists import END, LONGEST, SHORTEST, Lists, Task, lists, shifted_right
from models.recurrence.own_words import write
from models.recurrence.pretrained_writers import TRAININGS
from models.seeding import generator
from models.training.extremes import extremes
from models.training.recipes import UNSEEN
from models.training.side_by_side import SideBySide

HELD_OUT = 128
MEASURED = 4, 8, 16
"""Lengths of the lists that are held out."""


def drawn(rows: int, task: Task, draws: torch.Generator) -> Lists:
    """Lists of one random length."""
    length = torch.randint(SHORTEST, LONGEST + 1, (1,), generator=draws, device=draws.device)
    return lists(rows, int(length), task, draws)


def loss_of(model: nn.Module, given: Lists, symbols: Tensor) -> Tensor:
    return cross_entropy(model(given.source, symbols)[0].flatten(0, 1), given.target.flatten())


def loss_of_all(models: SideBySide, task: Task, rows: int, draws: torch.Generator) -> Tensor:
    """The sum of the trainings' losses, each on lists of its own, all of one length."""
    source, target = drawn(TRAININGS * rows, task, draws)
    logits = models(*(part.unflatten(0, (TRAININGS, rows)) for part in (source, shifted_right(target))))
    return TRAININGS * cross_entropy(logits.flatten(0, 2), target.flatten())


@torch.inference_mode()
def exact_match(model: Any, length: int, task: Task, draws: torch.Generator) -> float:
    """The share of lists that are written right to the end, without a teacher."""
    source, target = lists(HELD_OUT, length, task, draws)
    written = write(model, source, torch.full_like(source[:, 0], END), length + 1)
    return (written.words == target).all(dim=1).float().mean().item()


def measured(models: Mapping[tuple[int, str, Task], Any]) -> dict[str, float]:
    """Exact match by kind, task and length, the lowest and highest of the trainings."""
    found: dict[str, list[float]] = {}
    for (_, kind, task), model in models.items():
        for length in MEASURED:
            match = exact_match(model, length, task, generator(UNSEEN))
            found.setdefault(f"{kind}, {task} {length} words", []).append(match)
    return extremes(found, "{which} exact match, {name}")


def measured_forcing(models: Mapping[str, Any]) -> dict[str, float]:
    """Exact match without a teacher at the end of each training."""
    return {
        f"exact match, {kind}": exact_match(model, 12, "reverse", generator(UNSEEN)) for kind, model in models.items()
    }
