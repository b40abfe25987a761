"""The three figures of a vision transformer: its evidence, put to the test, and rollout by layer and head."""

from math import nan

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.vision_transformer.ranked_patches import PATCHES
from app.experiments.vision.vision_transformer.run import LEFT_OUT, VisionResult
from app.provenance.origin import Computed, Plotted
from app.provenance.views import placed, tiled
from models.interpretability.patch_evidence import head_rollout, layer_rollout
from visualizers.curve import apart, curves, mark_x
from visualizers.image import GAP, pictures
from visualizers.marks import cell_frame
from visualizers.matrix import GAP as TILE_GAP
from visualizers.matrix import tiles
from visualizers.theme import ACCENT, FAILED, INK_3, SERIES

ACROSS = 4  # patches along one side
HEIGHT, EDGE = 250, 50


def figures(result: VisionResult, metrics: Measurements) -> Figures:
    return {
        "evidence": _evidence(result, metrics),
        "accuracy": _accuracy(result, metrics),
        "heads": _heads(result, metrics),
    }


def in_place(score: Tensor) -> np.ndarray:
    """Patch scores (T,) as a picture of the drawing's size, from −1 to 1."""
    span = (score.max() - score.min()).clamp_min(1e-12)
    grid = (2 * (score - score.min()) / span - 1).view(ACROSS, ACROSS)
    side = 8 // ACROSS
    return grid.repeat_interleave(side, 0).repeat_interleave(side, 1).numpy()


def without(image: np.ndarray, removed: Tensor) -> np.ndarray:
    """The picture with those patches blank."""
    side, left = image.shape[0] // ACROSS, image.copy()
    for patch in removed.tolist():
        top, at = side * (patch // ACROSS), side * (patch % ACROSS)
        left[top : top + side, at : at + side] = -1.0
    return left


def _verdict(p: Tensor) -> str:
    return f"{int(p.argmax())}: {p.max():.0%}"


def _spoken(p: Tensor) -> str:
    return _verdict(p).replace(": ", ", at ")


def _evidence(result: VisionResult, metrics: Measurements) -> Figure:
    c, image, side = result.controls, 2 * result.image.numpy() - 1, 8 // ACROSS
    shown = [image, in_place(result.score), without(image, result.removed["yours"])]
    shown.append(without(image, result.removed["random"]))
    p = result.probabilities
    plot = pictures(
        np.stack(shown)[None],
        rows=[""],
        columns=["digit", c.ranking, f"without {c.left_out}", f"{c.left_out} at random"],
        under=[[_verdict(p["whole"]), "", _verdict(p["yours"]), _verdict(p["random"])]],
    )
    for column, removed, colour in ((1, "yours", FAILED), (2, "yours", FAILED), (3, "random", INK_3)):
        for patch in result.removed[removed].tolist():
            top, left = side * (patch // ACROSS), column * (8 + GAP) + side * (patch % ACROSS)
            plot.add_shape(cell_frame((top, top + side - 1), (left, left + side - 1), colour=colour, width=1.5))
    truth = "" if result.label is None else f" The digit is {result.label}."
    return Figure(
        title="What the answer rests on",
        caption=(
            f"Patches of stronger colour rank higher. The {c.left_out} highest, {{failed|framed}}, are left out;"
            f" the network reads the other {PATCHES - c.left_out}. Right: as many {{ink-3|random patches}} left out."
            " Below: its answer."
        ),
        text=(
            f"The network reads the whole digit as {_spoken(p['whole'])}, and without the {c.left_out} patches ranked"
            f" highest as {_spoken(p['yours'])}.{truth}"
        ),
        plot=plot,
        height=230,
    )


def _accuracy(result: VisionResult, metrics: Measurements) -> Figure:
    lines = {name: 100 * np.array(values) for name, values in result.accuracy.items()}
    plot = curves(
        LEFT_OUT, lines, x_title="patches left out of 16", y_range=(0, 104), markers=True, room=104,
        colours={"lowest": SERIES[2], "random": INK_3, "highest": ACCENT},
    )  # fmt: skip
    return Figure(
        title="Held-out digits recognised, %",
        caption=(
            f"The patches ranked {{accent|highest}} or {{c3|lowest}} by “{result.controls.ranking}” are left out, or"
            " {ink-3|random} ones."
        ),
        text=(
            f"Without the {result.controls.left_out} highest patches, {metrics['accuracy_without']:.0%} of the digits"
            f" are recognised; without random ones {metrics['accuracy_without_random']:.0%}, without the lowest"
            f" {metrics['accuracy_without_lowest']:.0%}."
        ),
        plot=mark_x(apart(plot, HEIGHT - EDGE), result.controls.left_out, ""),
        height=HEIGHT,
        half=True,
    )


def _of_class_token(by_head: Tensor) -> Tensor:
    """Heads, and their mean, as maps of patches: (1, H, T, T) → (1, H + 1, patches down, patches across)."""
    each = by_head[:, :, 0, 1:]  # (1, H, T - 1)
    return torch.cat([each, each.mean(dim=1, keepdim=True)], dim=1).unflatten(-1, (ACROSS, ACROSS))


def _sources(result: VisionResult) -> list[Plotted]:
    """Each layer's tiles of single heads, and how its rollout follows from the layers before."""
    L, reached, found = len(result.layers), result.reached[0], []
    before: Tensor | Computed = reached
    for layer, (weights, by_head) in enumerate(zip(result.layers, result.by_head, strict=True)):

        def laid(heads: Tensor, layer: int = layer) -> Tensor:
            tiles_of = heads[0, :, 0, 1:].unflatten(-1, (ACROSS, ACROSS))  # (H, down, across)
            return tiled(placed(pad(tiles_of, (0, 0, 0, 0, 0, 1), value=nan), layer, L), TILE_GAP)

        made = Computed(by_head, head_rollout, {"weights": weights, "reached": before})
        found.append(Plotted(made, laid, "tiles", unit=None))
        before = Computed(result.reached[layer + 1], layer_rollout, {"weights": weights, "reached": before})
    return found


def _heads(result: VisionResult, metrics: Measurements) -> Figure:
    maps = torch.cat([_of_class_token(one) for one in result.by_head])  # (L, H + 1, down, across)
    L, H = len(maps), maps.shape[1] - 1
    highest = maps[-1, :H].flatten(1).max(dim=1).values
    return Figure(
        title="Rollout by layer and head",
        caption=(
            "Each tile: what has reached the class token from each patch, if that head acts alone in its layer."
            " Right: the mean over heads, which the next layer continues."
        ),
        text=(
            f"In the last layer, head {int(highest.argmax())} relies most on a single patch: {highest.max():.1%} of"
            " what it passes on comes from there."
        ),
        plot=tiles(
            maps.numpy(),
            row_labels=[f"layer {layer}" for layer in range(L)],
            column_labels=[*(f"head {head}" for head in range(H)), "all"],
            high=float(maps.max()),
        ),
        height=HEIGHT,
        half=True,
        sources=_sources(result),
    )
