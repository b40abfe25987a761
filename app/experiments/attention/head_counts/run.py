"""One layer of one width with 1 to 32 heads that copies from several positions; and one head of 1 to 32 features."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.language.pretrained_text_models import narrow_head, offset_copier
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.narrow_heads import KEY_WIDTHS, RELATIONS, accuracy, lookups
from models.training.offset_copiers import (
    HEADS,
    OFFSETS,
    PLACES,
    SYMBOLS,
    TRAININGS,
    WIDTH,
    accuracy_by_place,
    random_symbols,
)

ROWS, LOOKUPS = 48, 1024


class CountControls(Controls):
    heads: Literal[1, 2, 4, 8, 16, 32] = Field(4, title="Heads", description="They share 32 features")
    places: Literal[1, 2, 4] = Field(4, title="Positions to copy", description="Symbols to name at every position")
    relation: Literal["random", "two groups"] = Field(
        "random", title="Related words", description="Random: each pair with probability ½; two groups: half and half"
    )
    choices: Literal[4, 8] = Field(
        8, title="Words to choose from", description="One of them is related to the query's", json_schema_extra=MORE
    )


class CountResult(NamedTuple):
    controls: CountControls
    grid: Tensor  # (PLACES, HEADS) share of right symbols, the mean of all trainings
    by_training: Tensor  # (TRAININGS,) of the chosen setting
    weights_back: Tensor  # (H, T) mean weight of every head by symbols back, first training
    narrow: Tensor  # (TRAININGS, KEY_WIDTHS) share of right answers of one head
    parameters: int

    @property
    def chosen(self) -> int:
        return self.controls.heads


@memo
@torch.inference_mode()
def copied(heads: int, places: int, seed: int, device: str) -> Tensor:
    """The share of right symbols of every training, on the seed's rows: (TRAININGS,)."""
    ids = random_symbols(ROWS, generator(seed)).to(device)
    return torch.stack(
        [accuracy_by_place(offset_copier(heads, places, n, device), ids).mean() for n in range(TRAININGS)]
    )


@memo
@torch.inference_mode()
def related(relation: str, choices: int, seed: int, device: str) -> Tensor:
    """The share of right answers of one head, by training and key width: (TRAININGS, KEY_WIDTHS)."""
    asked = [part.to(device) for part in lookups(RELATIONS[relation], LOOKUPS, generator(seed), choices)]
    rows = [
        [accuracy(narrow_head(width, relation, n, device), *asked) for width in KEY_WIDTHS] for n in range(TRAININGS)
    ]
    return torch.tensor(rows)


def weights_by_distance(weights: Tensor, first: int) -> Tensor:
    """Mean weight on the symbol 0, 1, … ``first`` back, over positions that have them all: (H, first + 1)."""
    late = weights[:, :, first:]  # (B, H, T − first, T)
    return torch.stack([late.diagonal(first - o, dim1=-2, dim2=-1).mean(dim=(0, 2)) for o in range(first + 1)], dim=-1)


@torch.inference_mode()
def run(controls: CountControls, device: str) -> CountResult:
    model = offset_copier(controls.heads, controls.places, 0, device)
    ids = random_symbols(ROWS, generator(controls.seed)).to(device)
    return CountResult(
        controls,
        torch.stack([torch.stack([copied(h, p, controls.seed, device).mean() for h in HEADS]) for p in PLACES]),
        copied(controls.heads, controls.places, controls.seed, device),
        weights_by_distance(model(ids)[1].weights, max(OFFSETS) + 2),
        related(controls.relation, controls.choices, controls.seed, device),
        parameter_count(model),
    )


def measure(result: CountResult) -> Measurements:
    widest, narrowest = result.narrow[:, -1], result.narrow[:, 0]
    return {
        "accuracy_percent": 100 * result.by_training.mean().item(),
        "lowest_accuracy_percent": 100 * result.by_training.min().item(),
        "chance_percent": 100 / SYMBOLS,
        "largest_weight_on_a_distance": result.weights_back.max().item(),
        "head_width_features": WIDTH / result.chosen,
        "one_wide_head_percent": 100 * widest.mean().item(),
        "one_narrow_head_percent": 100 * narrowest.mean().item(),
        "lost_by_a_narrow_head_percent": 100 * (widest.min() - narrowest.max()).item(),
        "model_parameters": float(result.parameters),
    }
