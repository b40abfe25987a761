"""Twin U-Nets name every pixel of held-out scenes, two others clean digits.

One level of the U may be given what another picture left there.
"""

from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.vision.scene_unet.cleaned_digits import UNSEEN, CleanedDigits, cleaned_digits
from app.experiments.vision.scene_unet.replaced import Level, Substitute, altered
from models.convolution.pretrained_networks import scene_unet
from models.data.scenes import Scenes, edges, scenes
from models.parameter_count import parameter_count
from models.training.scene_unet import SNAPSHOTS, TRAININGS, TWINS, error_shares, twin_output

HELD_OUT = 96
"""Scenes of one run."""

Task = Literal["segment a scene", "clean a digit"]


class SceneUNetControls(Controls):
    renamed: ClassVar = {"by=another scene’s": "another picture’s"}

    task: Task = Field("segment a scene", title="Task")
    replaced: Level = Field("nothing", title="Replaced", description="What a level of the U passes on")
    by: Substitute = Field("another picture’s", title="Replaced by")
    trained: int = Field(
        len(SNAPSHOTS) - 1, ge=0, le=len(SNAPSHOTS) - 1, title="Training stage",
        description=f"Scenes only. 0: after {SNAPSHOTS[0]} steps; {len(SNAPSHOTS) - 1}: after {SNAPSHOTS[-1]}",
    )  # fmt: skip
    noise: float = Field(0.4, ge=0, le=1, multiple_of=0.1, title="Noise", description="0.4 in training")
    scene: int = Field(0, ge=0, le=HELD_OUT - 1, title="Scene or digit shown")


class SceneUNetResult(NamedTuple):
    controls: SceneUNetControls
    shown: Tensor  # (N, N) the scene
    labels: Tensor  # (N, N) its classes
    maps: dict[str, Tensor]  # twin → (N, N) the classes that it names
    edge_errors: dict[str, float]  # twin → share of wrong pixels on edges
    interior_errors: dict[str, float]  # and elsewhere
    confused: float  # share of the pixels rightly found to be a shape that get the wrong class, with skips
    over_training: dict[str, list[float]]  # twin → edge errors at every snapshot, nothing replaced
    digits: CleanedDigits
    parameters: int  # of one twin of the task shown


@memo
def held_out(seed: int, noise: float) -> Scenes:
    return scenes(HELD_OUT, UNSEEN + seed, noise)


@memo
@torch.inference_mode()
def errors_over_training(seed: int, noise: float, device: str) -> dict[str, list[float]]:
    """Edge errors of both twins at every snapshot."""
    images, labels = (part.to(device) for part in held_out(seed, noise))
    return {
        twin: [
            error_shares(twin_output(scene_unet(seed % TRAININGS, twin, snapshot, device), twin, images), labels)[0]
            for snapshot in range(len(SNAPSHOTS))
        ]
        for twin in TWINS
    }


@torch.inference_mode()
def run(controls: SceneUNetControls, device: str) -> SceneUNetResult:
    c = controls
    images, labels = (part.to(device) for part in held_out(c.seed, c.noise))
    model, twin = (scene_unet(c.seed % TRAININGS, twin, c.trained, device) for twin in TWINS)
    logits = {TWINS[0]: altered(model, images, c.replaced, c.by), TWINS[1]: twin_output(twin, TWINS[1], images)}
    errors = {name: error_shares(z, labels) for name, z in logits.items()}
    named = logits[TWINS[0]].argmax(dim=1)
    cleaned = cleaned_digits(c.seed, c.noise, c.replaced, c.by, c.scene, device)
    both = (named > 0) & (labels > 0)
    return SceneUNetResult(
        c,
        images[c.scene, 0],
        labels[c.scene],
        {name: z[c.scene].argmax(dim=0) for name, z in logits.items()},
        {name: edge for name, (edge, _) in errors.items()},
        {name: interior for name, (_, interior) in errors.items()},
        (named != labels)[both].float().mean().item(),
        errors_over_training(c.seed, c.noise, device),
        cleaned,
        cleaned.parameters if c.task == "clean a digit" else parameter_count(model),
    )


def measure(result: SceneUNetResult) -> Measurements:
    edge, interior = ([errors[twin] for twin in TWINS] for errors in (result.edge_errors, result.interior_errors))
    cleaned, without = (result.digits.errors[twin] for twin in TWINS)
    return {
        "edge_error": edge[0],
        "edge_error_without_skips": edge[1],
        "edge_error_over_twin": edge[0] / edge[1],
        "interior_error": interior[0],
        "interior_error_without_skips": interior[1],
        "confused_share": result.confused,
        "edge_share": edges(result.labels[None]).float().mean().item(),
        "digit_error": cleaned,
        "digit_error_without_skips": without,
        "digit_error_over_twin": cleaned / without,
        "digit_noise": result.digits.noise,
    }
