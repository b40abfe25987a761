"""One layer of one width, cut into 1 to 32 heads: how many places it can copy from, and in how few dimensions."""

from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from models.attention.dot_product import attention_scores
from models.language.pretrained_text_models import offset_copier
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.offset_copiers import HEADS, OFFSETS, PLACES, SYMBOLS, WIDTH, accuracy_by_place, random_symbols

ROWS = 96
NOTHING = 1e-9
"""A singular value below this share of the largest is rounding: scores are multiplied out in double precision."""


class CountControls(Controls):
    heads: Literal[1, 2, 4, 8, 16, 32] = Field(4, title="Heads", description="They share 32 features")
    places: Literal[1, 2, 4] = Field(4, title="Places to copy", description="Symbols to name at every position")
    matrix: Literal["scores", "weights"] = Field(
        "scores", title="Matrix whose rank is taken", description="Before or after the softmax"
    )


class CountResult(NamedTuple):
    controls: CountControls
    grid: Tensor  # (PLACES, HEADS) share of right symbols
    by_place: Tensor  # (P,) of the chosen model
    looks: Tensor  # (H, T) mean weight of every head by symbols back
    singular: dict[int, Tensor]  # heads → (T,) singular values of the head with the highest rank, over the largest
    parameters: dict[int, int]  # heads → weights of the whole model

    @property
    def chosen(self) -> int:
        return self.controls.heads


@lru_cache(maxsize=32)
def accuracies(seed: int, device: str) -> dict[tuple[int, int], Tensor]:
    """The share of right symbols by place, of all models, on the seed's rows."""
    ids = random_symbols(ROWS, generator(seed)).to(device)
    return {(h, p): accuracy_by_place(offset_copier(h, p, device), ids) for p in PLACES for h in HEADS}


def looks_back(weights: Tensor, first: int) -> Tensor:
    """Mean weight on the symbol 0, 1, … ``first`` places back, over positions that have them all: (H, first + 1)."""
    late = weights[:, :, first:]  # (B, H, T − first, T)
    return torch.stack([late.diagonal(first - o, dim1=-2, dim2=-1).mean(dim=(0, 2)) for o in range(first + 1)], dim=-1)


def singular_values(heads: int, places: int, matrix: str, ids: Tensor) -> Tensor:
    """Of the head with the most singular values above rounding, as shares of its largest: (T,)."""
    _, trace = offset_copier(heads, places, str(ids.device))(ids)
    scores = attention_scores(trace.q[0].double(), trace.k[0].double())  # (H, T, T)
    found = torch.linalg.svdvals(scores if matrix == "scores" else trace.weights[0].double())
    shares = found / found[:, :1]
    return shares[int((shares > NOTHING).sum(dim=1).argmax())]


@torch.inference_mode()
def run(controls: CountControls, device: str) -> CountResult:
    found = accuracies(controls.seed, device)
    model = offset_copier(controls.heads, controls.places, device)
    ids = random_symbols(ROWS, generator(controls.seed)).to(device)
    return CountResult(
        controls,
        torch.stack([torch.stack([found[h, p].mean() for h in HEADS]) for p in PLACES]),
        found[controls.heads, controls.places],
        looks_back(model(ids)[1].weights, max(OFFSETS) + 2),
        {heads: singular_values(heads, controls.places, controls.matrix, ids[:1]) for heads in HEADS},
        {heads: parameter_count(offset_copier(heads, controls.places, device)) for heads in HEADS},
    )


def measure(result: CountResult) -> Measurements:
    heads, row = result.chosen, PLACES.index(result.controls.places)
    rank = (result.singular[heads] > NOTHING).sum().item()
    counts = result.parameters.values()
    return {
        "accuracy_percent": 100 * result.by_place.mean().item(),
        "accuracy_of_worst_place_percent": 100 * result.by_place.min().item(),
        "accuracy_with_32_heads_percent": 100 * result.grid[row, -1].item(),
        "chance_percent": 100 / SYMBOLS,
        "head_width_features": WIDTH / heads,
        "rank": float(rank),
        "rank_over_head_width": rank / (WIDTH / heads),
        "model_parameters": float(result.parameters[heads]),
        "parameter_difference_between_settings": float(max(counts) - min(counts)),
    }
