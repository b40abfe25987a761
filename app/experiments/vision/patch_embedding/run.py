"""A digit in patches, in their order and shuffled, read by transformers that know the positions and by others."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import Drawing, read_drawing
from app.experiments.memo import memo
from models.data.patch_orders import new_orders, reordered
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.patch_vits import ORDERS, SIDES, TRAININGS, accuracy_in_order
from models.training.patch_vits import pretrained as patch_vit
from models.transformer.patch_embedding import (
    correlation_with_distance,
    embedded,
    embedded_by_convolution,
    position_similarity,
    score_count,
    token_count,
    with_columns_first,
)

SIZE = 8
SWEPT = (1, *SIDES)

Kind = Literal["positions", "no positions", "shuffled", "reordered"]


class PatchControls(Controls):
    drawing: Drawing = Field("example 9", title="Digit")
    side: Literal[2, 4, 8] = Field(2, title="Side of a patch", description="Pixels; the digit has 8 × 8")
    kind: Kind = Field(
        "positions", title="Trained with",
        description="Shuffled: patches of each digit in a new order. Reordered: of all digits in one other order",
    )  # fmt: skip
    kernel: Literal["row by row", "column by column"] = Field(
        "row by row", title="The convolution reads its kernel", json_schema_extra=MORE
    )


class PatchResult(NamedTuple):
    controls: PatchControls
    images: dict[str, Tensor]  # (N, N) from −1 to 1, in order and shuffled
    probabilities: dict[str, Tensor]  # (Y,) of each
    accuracy: dict[str, dict[str, float]]  # kind → “in order” (as in its training) or “shuffled” → held-out accuracy
    swept: list[float]  # accuracy with positions, at each side of SWEPT
    swept_without: list[float]  # without; NaN where none was trained
    embedding: Tensor  # (T, D) of the drawing's patches, by a matrix
    convolved: Tensor  # (T, D) by a convolution
    correlation: float  # of the similarity of two position vectors with their distance
    parameters: int


@memo
def accuracy(side: int, kind: str, order: str, training: int, device: str) -> float:
    """The share of held-out digits recognised: in the order of that kind of training, or newly shuffled."""
    asked = ORDERS[kind] if order == "in order" else "new for each picture"
    return accuracy_in_order(patch_vit(side, kind, training, device), asked, training)


@torch.inference_mode()
def run(controls: PatchControls, device: str) -> PatchResult:
    c, training, count = controls, controls.seed % TRAININGS, token_count(SIZE, controls.side)
    model = patch_vit(c.side, c.kind, training, device)
    image = (2 * read_drawing(c.drawing).to(device) - 1)[None, None]  # (1, 1, N, N)
    order = new_orders(1, count, generator(c.seed)).to(device)
    images = {"in order": image, "shuffled": reordered(image, order, c.side)}
    weight, bias = model.patch_embedding.weight, model.patch_embedding.bias
    kernel = weight if c.kernel == "row by row" else with_columns_first(weight, 1, c.side)
    side_by_side = {
        kind: {order: accuracy(c.side, kind, order, training, device) for order in ("in order", "shuffled")}
        for kind in ORDERS
    }
    swept = {
        kind: [accuracy(side, kind, "in order", training, device) if side in sides else math.nan for side in SWEPT]
        for kind, sides in (("positions", SWEPT), ("no positions", SIDES))
    }
    known = patch_vit(2, "positions", training, device).position[1:]
    return PatchResult(
        c,
        {name: one[0, 0] for name, one in images.items()},
        {name: model(one)[0][0].softmax(dim=-1) for name, one in images.items()},
        side_by_side,
        swept["positions"],
        swept["no positions"],
        embedded(image, weight, bias, c.side)[0],
        embedded_by_convolution(image, kernel, bias, c.side)[0],
        correlation_with_distance(position_similarity(known)).item(),
        parameter_count(model),
    )


def measure(result: PatchResult) -> Measurements:
    c, mine = result.controls, result.accuracy[result.controls.kind]
    return {
        "accuracy": mine["in order"],
        "accuracy_shuffled": mine["shuffled"],
        "accuracy_with_positions_shuffled": result.accuracy["positions"]["shuffled"],
        "accuracy_without_positions": result.accuracy["no positions"]["in order"],
        "gain_by_positions": mine["in order"] - result.accuracy["no positions"]["in order"],
        "verdict_change": (result.probabilities["in order"] - result.probabilities["shuffled"]).abs().max().item(),
        "embedding_difference": (result.embedding - result.convolved).abs().max().item(),
        "tokens": token_count(SIZE, c.side),
        "scores_per_head": score_count(torch.tensor(token_count(SIZE, c.side))).item(),
        "similarity_distance_correlation": result.correlation,
    }
