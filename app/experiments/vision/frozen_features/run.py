"""Networks that learned the digits 0 to 4 describe 5 to 9: features frozen, a linear probe and neighbours on top."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.drawing import Drawing, read_drawing
from app.experiments.memo import memo
from app.experiments.vision.frozen_features.encoders import encoded, network
from models.data.digits import digits
from models.data.shifted_digits import Shift, moved, shifts
from models.interpretability.probe import nearest, principal_plane, probe_accuracy
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.digit_encoders import KINDS, LEARNED_CLASSES

UNSEEN_CLASSES, DIGITS = 5, 500
PROBES = 8  # draws of the labelled digits, averaged
UNTRAINED = 3  # starts, averaged
SHOWN, NEIGHBOURS = 160, 7

Encoder = Literal["cnn", "vit", "pixels"]
Labels = Literal["true", "renamed", "shuffled", "untrained"]


class EncoderControls(Controls):
    drawing: Drawing = Field("example 3", title="Digit")
    encoder: Encoder = Field("vit", title="Encoder", description="Convolutional, transformer, or the pixels themselves")
    labels: Labels = Field(
        "true", title="Labels in training", description="Of the digits 0 to 4; renamed: other names, the same classes"
    )
    shift: Shift = Field("each its own way", title="Digits are shifted", description="By up to one pixel")
    per_class: Literal[2, 5, 20] = Field(5, title="Labels per class for the probe")


class EncoderResult(NamedTuple):
    controls: EncoderControls
    image: Tensor  # (N, N) from −1 to 1
    images: Tensor  # (B, 1, N, N) the digits 5 to 9, shifted
    labels: Tensor  # (B,) 5 … 9
    features: Tensor  # (B, D) theirs
    own: Tensor  # (D,) the drawing's
    centre: Tensor  # (D,) of the plane in which they vary most
    directions: Tensor  # (D, 2)
    neighbours: Tensor  # (NEIGHBOURS,) numbers of the digits nearest to the drawing
    accuracy: dict[tuple[str, str], float]  # (encoder, labels) → accuracy of the probe
    dimensions: int
    parameters: int


@memo
def unseen(shift: Shift, seed: int, device: str) -> tuple[Tensor, Tensor]:
    """Digits 5 to 9, shifted, and which each is: (B, 1, N, N) and (B,)."""
    learned, held_out = digits()
    images = torch.cat([learned.images, held_out.images])
    labels = torch.cat([learned.labels, held_out.labels])
    kept = (labels >= LEARNED_CLASSES).nonzero()[-DIGITS:, 0]  # the held-out ones among them
    by = shifts(DIGITS, shift, generator(seed))
    return moved(images[kept], by).to(device), labels[kept].to(device)


@memo
def probed(encoder: str, labels: str, shift: Shift, per_class: int, seed: int, device: str, twin: int = 0) -> float:
    """Accuracy of a linear probe on a few labelled digits 5 to 9, on all others; mean over draws of the labelled.

    ``twin`` starts an untrained network from other random weights.
    """
    images, known = unseen(shift, seed, device)
    with torch.inference_mode():
        f, y = encoded(encoder, labels, seed + twin, device, images), known - LEARNED_CLASSES
        draws, found = generator(seed), []
        for _ in range(PROBES):
            order = torch.randperm(len(y), generator=draws).to(device)
            labelled = torch.cat([order[y[order] == one][:per_class] for one in range(UNSEEN_CLASSES)])
            found.append(probe_accuracy(f, y, labelled, UNSEEN_CLASSES))
        return torch.stack(found).mean().item()


def compared_accuracy(key: tuple[str, str], c: EncoderControls, device: str) -> float:
    """Accuracy of the probe; where nothing was trained, the mean over several starts."""
    twins = range(0, UNTRAINED * 1000, 1000) if key[1] == "untrained" else (0,)
    return sum(probed(*key, c.shift, c.per_class, c.seed, device, twin) for twin in twins) / len(twins)


@torch.inference_mode()
def run(controls: EncoderControls, device: str) -> EncoderResult:
    c, seed = controls, controls.seed
    images, labels = unseen(c.shift, seed, device)
    image = (2 * read_drawing(c.drawing).to(device) - 1)[None, None]  # (1, 1, N, N)
    both = encoded(c.encoder, c.labels, seed, device, torch.cat([image, images]))
    own, others = both[0], both[1:]
    centre, directions = principal_plane(others)
    compared = {(kind, which) for kind in KINDS for which in ("untrained", "shuffled", "true", c.labels)}
    return EncoderResult(
        c,
        image[0, 0],
        images,
        labels,
        others,
        own,
        centre,
        directions,
        nearest(others, own, NEIGHBOURS),
        {key: compared_accuracy(key, c, device) for key in [("pixels", ""), *sorted(compared)]},
        both.shape[1],
        0 if c.encoder == "pixels" else parameter_count(network(c.encoder, c.labels, seed, device)),
    )


def measure(result: EncoderResult) -> Measurements:
    c, a = result.controls, result.accuracy
    pixels = a["pixels", ""]
    mine = pixels if c.encoder == "pixels" else a[c.encoder, c.labels]
    rival = pixels if c.encoder == "pixels" else a[c.encoder, "untrained"]
    return {
        "probe_accuracy": mine,
        "probe_accuracy_untrained": rival,
        "gain_by_training": mine - rival,
        "pixels_probe_accuracy": pixels,
        "cnn_probe_accuracy": a["cnn", "true"],
        "cnn_shuffled_probe_accuracy": a["cnn", "shuffled"],
        "cnn_untrained_probe_accuracy": a["cnn", "untrained"],
        "vit_probe_accuracy": a["vit", "true"],
        "vit_shuffled_probe_accuracy": a["vit", "shuffled"],
        "vit_untrained_probe_accuracy": a["vit", "untrained"],
        "cnn_above_pixels": a["cnn", c.labels] - pixels,
        "cnn_over_pixels": a["cnn", "true"] / pixels,
        "feature_dimensions": result.dimensions,
    }
