"""The three figures of frozen features: what a probe gets out of them, their plane, and nearest neighbours."""

from functools import partial

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.vision.frozen_features.run import SHOWN, EncoderResult
from app.provenance.origin import Plotted, computed
from models.interpretability.probe import in_plane
from visualizers.distribution import grouped_bars
from visualizers.image import pictures
from visualizers.labelled_points import labelled_points
from visualizers.marks import reference_line
from visualizers.theme import INK_2, note

ENCODERS = {"cnn": "CNN", "vit": "ViT"}
WORDS = {
    "untrained": "untrained", "shuffled": "shuffled labels", "true": "true labels", "renamed": "renamed classes",
}  # fmt: skip


def figures(result: EncoderResult, metrics: Measurements) -> Figures:
    return {
        "probes": _probes(result, metrics),
        "plane": _plane(result, metrics),
        "neighbours": _neighbours(result, metrics),
    }


def _name(result: EncoderResult) -> str:
    c = result.controls
    return "the pixels themselves" if c.encoder == "pixels" else f"{ENCODERS[c.encoder]}, {WORDS[c.labels]}"


def _probes(result: EncoderResult, metrics: Measurements) -> Figure:
    shown = [labels for labels in WORDS if ("cnn", labels) in result.accuracy]
    bars = {WORDS[labels]: np.array([100 * result.accuracy[kind, labels] for kind in ENCODERS]) for labels in shown}
    pixels = 100 * metrics["pixels_probe_accuracy"]
    plot = grouped_bars(bars, labels=list(ENCODERS.values()))
    plot.update_yaxes(range=[0, 104])
    plot.add_shape(reference_line(y=pixels, dash="dash"))
    plot.add_annotation(**note(1, pixels, "pixels", colour=INK_2, xref="paper", xanchor="right", yanchor="bottom"))
    key = ", ".join(f"{{trace:{WORDS[labels]}|{WORDS[labels]}}}" for labels in shown)
    return Figure(
        title="Digits 5 to 9 recognised by a linear probe, %",
        caption=f"The encoders never saw these digits. They learned 0 to 4 with: {key}. Dashed: a probe on raw pixels.",
        text=(
            f"With {result.controls.per_class} labels per class, a probe is right on"
            f" {metrics['pixels_probe_accuracy']:.0%} of the digits from raw pixels, on"
            f" {metrics['cnn_probe_accuracy']:.0%} from the CNN’s features and on"
            f" {metrics['vit_probe_accuracy']:.0%} from the ViT’s. Untrained, the CNN gives"
            f" {metrics['cnn_untrained_probe_accuracy']:.0%} and the ViT {metrics['vit_untrained_probe_accuracy']:.0%}."
        ),
        plot=plot,
        height=270,
    )


def _plane(result: EncoderResult, metrics: Measurements) -> Figure:
    c, labels = result, result.labels[:SHOWN]
    placed = computed(in_plane, f=c.features[:SHOWN], centre=c.centre, directions=c.directions)
    own = computed(in_plane, f=c.own, centre=c.centre, directions=c.directions)
    heights = {str(label): labels == label for label in labels.unique().tolist()}
    return Figure(
        title=f"Features in two dimensions: {_name(result)}",
        caption="Each digit stands where its features lie, in the two directions of largest variance. Cross: yours.",
        text=(
            f"The figure shows {SHOWN} digits with {result.dimensions} features each. Classes that form groups are easy"
            " for a probe."
        ),
        plot=labelled_points(
            placed.tensor.numpy(),
            [str(label) for label in labels.tolist()],
            marked=own.tensor.numpy(),
            mark="your digit",
        ),
        height=300,
        half=True,
        sources=[
            *(Plotted(placed, partial(_heights_of, rows=rows), trace=name) for name, rows in heights.items()),
            Plotted(own, lambda place: place[1:], trace="your digit"),
        ],
    )


def _heights_of(places: Tensor, rows: Tensor) -> Tensor:
    return places[rows, 1]


def _neighbours(result: EncoderResult, metrics: Measurements) -> Figure:
    near = [str(label) for label in result.labels[result.neighbours].tolist()]
    first, second = near[:3], near[3:]
    shown = [result.image, *(result.images[at, 0] for at in result.neighbours)]
    grid = np.stack([image.numpy() for image in shown]).reshape(2, 4, 8, 8)
    return Figure(
        title="Nearest neighbours of your digit",
        caption="First your digit, then the digits 5 to 9 with the most similar features, the nearest first.",
        text=f"The features nearest to your digit’s are those of {', '.join(near)}.",
        plot=pictures(grid, rows=["", ""], columns=[""] * 4, under=[["yours", *first], second]),
        height=300,
        half=True,
    )
