"""A trained capsule network reads a digit and draws it again from one capsule, whose pose may be altered."""

from typing import ClassVar, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import pad

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import FIRST_EXAMPLE, Drawing, example_number, read_drawing
from app.experiments.memo import memo
from app.experiments.vision.capsule_poses.altered_poses import EDITS, Pose, decoded_capsules, edited_pictures
from models.convolution.capsule_network import CapsuleTrace, lengths_of, masked
from models.convolution.pretrained_networks import digit_capsules
from models.data.digits import Digits, digits
from models.generative.pretrained_networks import digit_cnn
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.digit_capsules import TRAININGS, ink

ROWS = 200


class CapsulePosesControls(Controls):
    renamed: ClassVar = {"pose=its own, other capsules exchanged": "its own"}  # the decoder sees one
    drawing: Drawing = Field(FIRST_EXAMPLE, title="Digit")
    pose: Pose = Field("its own", title="Pose that is decoded")
    shift: int = Field(0, ge=0, le=2, title="Shift to the right", description="Of all digits, in pixels")
    iterations: int = Field(
        3, ge=1, le=5, title="Routing iterations", description="Trained with 3", json_schema_extra=MORE
    )


class CapsulePosesResult(NamedTuple):
    controls: CapsulePosesControls
    image: Tensor  # (8, 8) ink of the digit
    v: Tensor  # (J, K) its digit capsules
    trace: CapsuleTrace
    drawn: Tensor  # (8, 8) ink drawn from the capsule, altered as chosen
    edited: Tensor  # (K, EDITS, 8, 8) one number of the pose changed
    lengths: Tensor  # (B, J) of held-out digits
    labels: Tensor  # (B,)
    squared_error: float  # of what is drawn of held-out digits, per pixel
    class_mean_error: float  # of the mean training image of the right digit
    read_again: Tensor  # (B,) what an independent network reads in the drawings
    parameters: int

    @property
    def named(self) -> int:
        """The digit whose capsule is longest."""
        return int(lengths_of(self.v[None])[0].argmax())


def shifted_right(images: Tensor, pixels: int) -> Tensor:
    """Images (B, 1, 8, 8) moved, filled with paper."""
    return pad(images, (pixels, 0, 0, 0), value=-1.0)[..., :8]


@memo
def held_out(seed: int, shift: int) -> Digits:
    """ROWS of the held-out digits, moved to the right."""
    data = digits()[1]
    rows = torch.randperm(len(data.labels), generator=generator(seed))[:ROWS]
    return Digits(shifted_right(data.images[rows], shift), data.labels[rows])


@memo
def class_means(shift: int) -> Tensor:
    """The mean ink of every digit over the training images, moved to the right: (J, 1, 8, 8)."""
    learned = digits()[0]
    images = ink(shifted_right(learned.images, shift))
    return torch.stack([images[learned.labels == digit].mean(dim=0) for digit in range(10)])


@torch.inference_mode()
def run(controls: CapsulePosesControls, device: str) -> CapsulePosesResult:
    c = controls
    model = digit_capsules(c.seed % TRAININGS, "three iterations", c.iterations, device=device)
    data = Digits(*(part.to(device) for part in held_out(c.seed, c.shift)))
    image = shifted_right(2 * read_drawing(c.drawing)[None, None] - 1, c.shift).to(device)
    v, trace = model(torch.cat([image, data.images]))
    lengths, digit = lengths_of(v), lengths_of(v[:1]).argmax(dim=1)
    digit = torch.cat([digit, data.labels])
    drawn = model.decode(masked(*decoded_capsules(v, digit, c.pose)))
    means = class_means(c.shift).to(device)
    return CapsulePosesResult(
        c,
        ink(image[0, 0]),
        v[0],
        trace,
        drawn[0, 0],
        edited_pictures(model, v[:1], digit[:1]),
        lengths[1:],
        data.labels,
        (drawn[1:] - ink(data.images)).square().mean().item(),
        (means[data.labels] - ink(data.images)).square().mean().item(),
        digit_cnn(device)(2 * drawn[1:] - 1)[0].argmax(dim=1),
        parameter_count(model),
    )


def measure(result: CapsulePosesResult) -> Measurements:
    lengths, labels = result.lengths, result.labels
    right = lengths.gather(1, labels[:, None])[:, 0]
    top = lengths_of(result.v[None])[0].sort(descending=True).values
    edited = result.edited
    example = example_number(result.controls.drawing)
    return {
        "accuracy": (lengths.argmax(dim=1) == labels).float().mean().item(),
        "length_of_right": right.mean().item(),
        "squared_error": result.squared_error,
        "class_mean_error": result.class_mean_error,
        "error_over_class_mean": result.squared_error / result.class_mean_error,
        "read_as_its_digit": (result.read_again == labels).float().mean().item(),
        "longest": top[0].item(),
        "second_longest": top[1].item(),
        "named": result.named,
        "largest_change_by_an_edit": (edited - edited[:, EDITS.index(0.0), None]).abs().amax().item(),
    } | ({} if example is None else {"label": int(digits()[1].labels[example])})
