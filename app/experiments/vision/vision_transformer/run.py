"""A vision transformer reads a digit: attention rolled out to the patches, and the digit read without some of them."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import Drawing, drawing_label, read_drawing
from app.experiments.vision.vision_transformer.ranked_patches import (
    PATCHES,
    Ranking,
    accuracy_without,
    held_out,
    scores,
)
from models.cost.vision_transformer_sizes import OUTPUT_PROJECTION, SHAPES, parameters
from models.generative.pretrained_networks import digit_vit
from models.interpretability.patch_evidence import head_rollout, least, logits_of, rollouts
from models.parameter_count import parameter_count
from models.seeding import generator

LEFT_OUT = (0, 1, 2, 3, 4, 6, 8)


class VisionControls(Controls):
    drawing: Drawing = Field("example 9", title="Digit")
    left_out: int = Field(3, ge=1, le=8, title="Patches left out", description="Of 16")
    ranking: Ranking = Field("rollout", title="Patches are ranked by", description="The highest are left out")
    counted: Literal["ViT-B/16", "ViT-L/16", "ViT-H/14"] = Field(
        "ViT-B/16", title="Published model", description="Its parameters are counted", json_schema_extra=MORE
    )
    matrices: Literal["query, key, value, output", "query, key, value"] = Field(
        "query, key, value, output", title="Counted in attention", json_schema_extra=MORE
    )


class VisionResult(NamedTuple):
    controls: VisionControls
    image: Tensor  # (N, N) from 0 to 1
    label: int | None  # of an example
    layers: tuple[Tensor, ...]  # attention weights of the drawing, each (1, H, T, T)
    reached: tuple[Tensor, ...]  # its rollout before the first layer and after each, (1, T, T)
    by_head: tuple[Tensor, ...]  # the rollout of each layer where one head acts alone, (1, H, T, T)
    score: Tensor  # (T − 1,) by which its patches are ranked
    removed: dict[str, Tensor]  # which patches are left out, (k,)
    probabilities: dict[str, Tensor]  # (Y,) whole, and without those
    accuracy: dict[str, list[float]]  # which patches → held-out accuracy without them, at each of LEFT_OUT
    without: dict[str, float]  # the same at the chosen number
    counts: dict[str, int]  # of the published model: part → parameters
    parameters: int


@torch.inference_mode()
def run(controls: VisionControls, device: str) -> VisionResult:
    c, model, draws = controls, digit_vit(device), generator(controls.seed)
    ink = read_drawing(c.drawing).to(device)
    image = (2 * ink - 1)[None, None]  # (1, 1, N, N)
    logits, trace = model(image)
    layers = tuple(part.weights for part in trace.attention)
    reached = rollouts(layers)
    if c.ranking in ("another digit", "same digit"):
        held = held_out(device)
        fits = (held.labels == logits.argmax()) == (c.ranking == "same digit")
        other = fits.float().cpu().multinomial(1, generator=draws).item()
        score = scores("rollout", held.images, held.layers)[other]
    else:
        score = scores(c.ranking, image, layers)[0]
    order = {"yours": score, "random": torch.rand(PATCHES, generator=draws).to(device)}
    kept = {name: least(one[None], PATCHES - c.left_out) for name, one in order.items()}
    lines = {"lowest": (c.ranking, False), "random": ("random", True), "highest": (c.ranking, True)}
    return VisionResult(
        c,
        ink,
        drawing_label(c.drawing),
        layers,
        tuple(reached),
        tuple(head_rollout(weights, before) for weights, before in zip(layers, reached[:-1], strict=True)),
        score,
        {name: one.topk(c.left_out).indices for name, one in order.items()},
        {"whole": logits[0].softmax(dim=-1)}
        | {name: logits_of(model, image, k)[0].softmax(dim=-1) for name, k in kept.items()},
        {
            name: [accuracy_without(by, k, c.seed, device, highest) for k in LEFT_OUT]
            for name, (by, highest) in lines.items()
        },
        {
            by: accuracy_without(by, c.left_out, c.seed, device)
            for by in ("rollout", "last layer alone", "random", c.ranking)
        }
        | {"lowest": accuracy_without(c.ranking, c.left_out, c.seed, device, highest=False)},
        dict(parameters(c.counted, None if c.matrices.endswith("output") else OUTPUT_PROJECTION)),
        parameter_count(model),
    )


def measure(result: VisionResult) -> Measurements:
    mine, published = result.without[result.controls.ranking], sum(result.counts.values())
    return {
        "accuracy_whole": result.accuracy["highest"][0],
        "accuracy_without": mine,
        "accuracy_without_random": result.without["random"],
        "accuracy_without_last_layer": result.without["last layer alone"],
        "accuracy_without_rollout": result.without["rollout"],
        "below_random": result.without["random"] - mine,
        "accuracy_without_lowest": result.without["lowest"],
        "lost_without_lowest": result.accuracy["highest"][0] - result.without["lowest"],
        "class_probability": result.probabilities["whole"].max().item(),
        "class_probability_without": result.probabilities["yours"][result.probabilities["whole"].argmax()].item(),
        "published_parameters": published,
        "published_feed_forward_share": result.counts["feed-forward"] / published,
        "off_the_table_share": abs(published / SHAPES[result.controls.counted].stated - 1),
    }
