"""A vision transformer reads a digit: attention rolled out to the patches, and the digit read without some of them."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import Drawing, drawing_label, read_drawing
from app.experiments.memo import memo
from models.cost.vision_transformer_sizes import OUTPUT_PROJECTION, SHAPES, parameters
from models.data.digits import digits
from models.generative.pretrained_networks import digit_vit
from models.interpretability.patch_evidence import head_rollout, least, logits_of, of_class_token, rollouts
from models.parameter_count import parameter_count
from models.seeding import generator
from models.transformer.vision_transformer import patches

PATCHES = 16
LEFT_OUT = (0, 1, 2, 3, 4, 6, 8)
DRAWS = 2  # of random patches, and of pictures whose ranks are borrowed

Ranking = Literal[
    "rollout", "last layer alone", "most ink", "largest head", "columns for rows", "another digit", "same digit"
]

BY_CHANCE = ("random", "another digit", "same digit")


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


class Held(NamedTuple):
    """The held-out digits and what the model makes of them."""

    images: Tensor  # (B, 1, N, N)
    labels: Tensor  # (B,)
    layers: tuple[Tensor, ...]  # attention weights, each (B, H, T, T)
    right: Tensor  # (B,) True where the whole picture is recognised


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


@memo
def held_out(device: str) -> Held:
    data, model = digits()[1], digit_vit(device)
    with torch.inference_mode():
        images, labels = data.images.to(device), data.labels.to(device)
        logits, trace = model(images)
    return Held(images, labels, tuple(part.weights for part in trace.attention), logits.argmax(dim=1) == labels)


def ink_of(images: Tensor) -> Tensor:
    """Mean ink of each patch: (B, 1, N, N) → (B, T)."""
    return patches(images, digit_vit().side).mean(dim=-1)


def scores(ranking: Ranking, images: Tensor, layers: tuple[Tensor, ...]) -> Tensor:
    """A score for every patch of these pictures, from themselves alone.  (B, T)"""
    if ranking == "most ink":
        return ink_of(images)
    if ranking == "last layer alone":
        return of_class_token(layers[-1].mean(dim=1))
    if ranking == "largest head":
        largest = [weights.amax(dim=1, keepdim=True) for weights in layers]
        layers = tuple(weights / weights.sum(dim=-1, keepdim=True) for weights in largest)
    if ranking == "columns for rows":
        layers = tuple(weights.mT for weights in layers)
    return of_class_token(rollouts(layers)[-1])


def borrowed(labels: Tensor, same: bool, draws: torch.Generator) -> Tensor:
    """For each picture the number of another one, of the same digit or of any other digit.  (B,)"""
    fits = (labels[:, None] == labels) == same
    fits.fill_diagonal_(False)
    return torch.multinomial(fits.cpu().float(), 1, generator=draws)[:, 0].to(labels.device)


@memo
def ranked(ranking: str, seed: int, device: str) -> list[Tensor]:
    """Scores of all held-out pictures, several where chance takes part.  Each (B, T)"""
    held, draws = held_out(device), generator(seed)
    if ranking == "random":
        return [torch.rand(len(held.labels), PATCHES, generator=draws).to(device) for _ in range(DRAWS)]
    if ranking in ("another digit", "same digit"):
        own = scores("rollout", held.images, held.layers)
        return [own[borrowed(held.labels, ranking == "same digit", draws)] for _ in range(DRAWS)]
    return [scores(ranking, held.images, held.layers)]  # type: ignore[arg-type]  # the rest are Rankings


@memo
def mean_accuracy(ranking: str, left_out: int, highest: bool, seed: int, device: str) -> float:
    held, model = held_out(device), digit_vit(device)
    if left_out == 0:
        return held.right.float().mean().item()
    sign = 1 if highest else -1
    with torch.inference_mode():
        kept = [least(sign * score, PATCHES - left_out) for score in ranked(ranking, seed, device)]
        said = torch.stack([logits_of(model, held.images, one).argmax(dim=1) for one in kept])
    return (said == held.labels).float().mean().item()


def accuracy_without(ranking: str, left_out: int, seed: int, device: str, highest: bool = True) -> float:
    """The share of held-out digits still recognised without the patches ranked highest, or lowest."""
    return mean_accuracy(ranking, left_out, highest, seed if ranking in BY_CHANCE else 0, device)


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
