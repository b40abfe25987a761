"""Six digits with a hidden block and two ways to fill it, the error beside that of simpler guesses, and the probes."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.contrastive.hidden_patches.run import EXAMPLES, PatchesResult
from app.provenance.origin import Plotted
from models.contrastive.patch_probe import SIDE
from models.transformer.vision_transformer import patches, unpatched
from visualizers.banded_curves import banded_curves
from visualizers.image import IMAGES, pictures, sheet
from visualizers.outcomes import outcomes
from visualizers.theme import ACCENT, INK_3

NAMES = {"latent": "I-JEPA", "pixels": "pixels predicted", "untrained": "untrained", "raw": "64 pixels"}
"""Of the lines."""

GREY = -0.55
"""Ink of a pixel that is not shown to the network."""


def figures(result: PatchesResult, metrics: Measurements) -> Figures:
    return {"filled": _filled(result, metrics), "error": _error(result, metrics), "probes": _probes(result, metrics)}


def _filled(result: PatchesResult, metrics: Measurements) -> Figure:
    tokens = patches(result.images[:, None], SIDE)
    covered = tokens.scatter(1, result.hidden[..., None].expand(-1, -1, tokens.shape[-1]), GREY)
    shown = unpatched(covered, SIDE, 8)[:, 0]
    rows = torch.stack([result.images, shown, result.decoded, result.pixels])
    off = _off_where_hidden(result, rows[2:])
    return Figure(
        title="A hidden block, filled in two ways",
        caption=(
            "Third row: for each hidden patch, the training patch at this position whose vector is nearest to the"
            " predicted one; for the eye only, I-JEPA makes no pixels. Last row: an equal network that predicts pixels."
        ),
        text=(
            f"Block {result.controls.block} is hidden in your digit and in {len(EXAMPLES)} held-out ones. There, the"
            f" patches found by I-JEPA’s vectors differ from the true ones by {off[0]:.2f} per pixel (mean square),"
            f" the network that predicts pixels by {off[1]:.2f}."
        ),
        plot=pictures(
            rows.clamp(-1, 1).numpy(), rows=["digit", "shown", "I-JEPA", "pixels"],
            columns=["yours", *[""] * len(EXAMPLES)],
        ),
        height=330,
        sources=[Plotted(rows, _laid, trace=IMAGES, unit=None)],
    )  # fmt: skip


def _off_where_hidden(result: PatchesResult, filled: Tensor) -> Tensor:
    """Mean squared difference to the true pixels under the hidden patches.  (W, 6, 8, 8) → (W,)"""
    true = patches(result.images[:, None], SIDE)  # (6, T, P)
    at = result.hidden[..., None].expand(-1, -1, true.shape[-1])
    return torch.stack(
        [(patches(one[:, None], SIDE) - true).gather(1, at).square().mean() for one in filled.clamp(-1, 1)]
    )


def _laid(images: Tensor) -> Tensor:
    return torch.from_numpy(sheet(images.numpy()))


def _error(result: PatchesResult, metrics: Measurements) -> Figure:
    values = list(result.errors.values())
    title = "mean squared error"
    return Figure(
        title="The predicted vectors beside simpler guesses",
        caption="Held-out digits. The guesses see the true vectors of the training digits or of the visible patches.",
        text=(
            f"The error of the predicted vectors is {metrics['error']:.3f}; the mean vector at each position has"
            f" {metrics['mean_vector_error']:.3f}, the nearest visible patch {metrics['copying_error']:.3f}."
        ),
        plot=outcomes({title: values}, list(result.errors), colours=[ACCENT, INK_3, INK_3], room=160),
        height=210,
        half=True,
        sources=[Plotted(torch.tensor(values), trace=title)],
    )


def _probes(result: PatchesResult, metrics: Measurements) -> Figure:
    probes = result.probes
    shares = {
        said: 100 * torch.stack([one[name] for one in probes.measured], 1) for name, said in NAMES.items()
    }  # (trainings, textures)
    return Figure(
        title="Digits named from the mean patch vector, %",
        caption=(
            "A linear classifier names held-out digits from their mean patch vector; no weight of a network is changed."
            " The networks were trained under noise 0, 0.5 or 1. Bands: lowest to highest of five trainings."
            " “64 pixels”: the same classifier of the noisy digit itself. Dotted: your texture."
        ),
        text=(
            f"At a texture of {probes.value:.2f}, I-JEPA’s vectors name {metrics['probe_percent']:.0f} % of held-out"
            f" digits (sampling error {metrics['probe_error_points']:.1f} points). Those of the network that predicts"
            f" pixels name {metrics['pixel_probe_percent']:.0f} %, untrained ones"
            f" {metrics['untrained_probe_percent']:.0f} %, the 64 pixels {metrics['raw_probe_percent']:.0f} %. From no"
            f" texture to the strongest, I-JEPA keeps {metrics['probe_kept_percent']:.0f} % of its share, the network"
            f" that predicts pixels {metrics['pixel_probe_kept_percent']:.0f} %."
        ),
        plot=banded_curves(
            np.array(probes.values), {name: each.numpy() for name, each in shares.items()}, x_title="texture",
            y_range=(0, 100), pixels=160, room=104,
        ).add_vline(x=probes.value, line={"color": INK_3, "width": 1, "dash": "dot"}),
        height=250,
        half=True,
        sources=[Plotted(each.mean(0), trace=name) for name, each in shares.items()],
    )  # fmt: skip
