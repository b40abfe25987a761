"""A small convolutional network and a perceptron of equal size learn digits and are tested on moved ones."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import FIRST_EXAMPLE, Drawing, drawing_label
from app.experiments.live_training import Progress, training
from app.experiments.vision.moved_digits import accuracies, drawing_on_canvas, step_of_each
from models.convolution.digit_cnn import DigitCNN, DigitCNNTrace
from models.convolution.digit_training import (
    SIDE,
    Alter,
    DigitTraining,
    as_they_are,
    moved_at_random,
    on_canvas,
    with_noise,
)
from models.convolution.pixel_mlp import PixelMLP
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

STEPS, SNAPSHOTS = 250, 5
CHANNELS = 8
FIELD = 8
"""Side of what one unit of the second layer can see: 3 pooled cells are 6 pixels, and their kernels reach 1 further."""

ALTERED: dict[str, Alter] = {
    "as they are": as_they_are,
    "moved by up to 2 pixels": moved_at_random,
    "with noise": with_noise,
}


class CnnControls(Controls):
    drawing: Drawing = Field(FIRST_EXAMPLE, title="Digit")
    pixels: Literal["as drawn", "shuffled", "rotated by 90°"] = Field(
        "as drawn", title="Order of the pixels", description="The same for every image, in training and in tests"
    )
    examples: Literal["as they are", "moved by up to 2 pixels", "with noise"] = Field(
        "as they are", title="Training images"
    )
    row: int = Field(0, ge=-2, le=2, title="Digit moved down", description="Pixels")
    column: int = Field(0, ge=-2, le=2, title="Digit moved right", description="Pixels")
    channels: int = Field(CHANNELS, ge=2, le=8, title="Kernels of the first layer", json_schema_extra=MORE)


class Tested(NamedTuple):
    """Accuracy on held-out digits moved by 0, 1 and 2 pixels."""

    cnn: list[float]
    mlp: list[float]


class CnnResult(NamedTuple):
    controls: CnnControls
    progress: Progress[Tested]
    image: Tensor  # (1, 1, 12, 12) as the networks see it
    trace: DigitCNNTrace  # of that image
    weights: tuple[Tensor, Tensor, Tensor, Tensor]  # kernels and biases of both layers
    probabilities: Tensor  # (10,)
    mlp_probabilities: Tensor  # (10,)
    unit: tuple[int, int, int]  # the strongest unit of the second layer: channel, row, column
    gradient: Tensor  # (12, 12) of that unit with respect to every pixel
    label: int | None
    parameters: int
    mlp_parameters: int


def ordered(pixels: str, seed: int) -> Callable[[Tensor], Tensor]:
    """Images (B, 1, N, N) with their pixels in that order."""
    if pixels == "shuffled":
        order = torch.randperm(SIDE * SIDE, generator=generator(seed))
        return lambda x: x.flatten(2)[..., order.to(x.device)].view_as(x)
    return (lambda x: x.rot90(1, (-2, -1))) if pixels == "rotated by 90°" else lambda x: x


def strongest(trace: DigitCNNTrace) -> tuple[int, int, int]:
    """Channel, row and column of the largest number in the second layer's maps."""
    maps = trace.second[0]
    channel, place = divmod(int(maps.argmax()), maps[0].numel())
    return channel, *divmod(place, maps.shape[-1])


def run(controls: CnnControls, device: str) -> Iterator[CnnResult]:
    view = ordered(controls.pixels, controls.seed)
    learned, held_out = on_canvas(device)
    cnn = seeded(lambda: DigitCNN(controls.channels, SIDE), controls.seed, device)
    size = parameter_count(cnn)
    hidden = max(1, round((size - 10) / (SIDE * SIDE + 11)))
    mlp = seeded(lambda: PixelMLP(SIDE, hidden), controls.seed, device)
    alter = ALTERED[controls.examples]
    both = [
        DigitTraining(model, learned, controls.seed, steps=STEPS, alter=lambda x, draws: view(alter(x, draws)))
        for model in (cnn, mlp)
    ]
    image = view(drawing_on_canvas(controls.drawing, device).roll((controls.row, controls.column), (2, 3)))

    def evaluate() -> Tested:
        return Tested(*(accuracies(model, held_out, view) for model in (cnn, mlp)))

    for progress in training(step_of_each(both), evaluate, STEPS, SNAPSHOTS):
        pixels = image.clone().requires_grad_()
        logits, trace = cnn(pixels)
        unit = strongest(trace)
        (gradient,) = torch.autograd.grad(trace.second[0][unit], pixels)
        named = {name: weight.detach().clone() for name, weight in cnn.named_parameters()}
        weights = named["first.weight"], named["first.bias"], named["second.weight"], named["second.bias"]
        with torch.no_grad():
            mlp_logits, _ = mlp(image)
        yield CnnResult(
            controls,
            progress,
            image,
            DigitCNNTrace(*(one.detach() for one in trace)),
            weights,
            logits.detach()[0].softmax(dim=-1),
            mlp_logits[0].softmax(dim=-1),
            unit,
            gradient[0, 0],
            drawing_label(controls.drawing),
            size,
            parameter_count(mlp),
        )


def measure(result: CnnResult) -> Measurements:
    newest = result.progress.newest
    return {
        "accuracy": newest.cnn[0],
        "accuracy_moved_by_1": newest.cnn[1],
        "accuracy_moved_by_2": newest.cnn[2],
        "mlp_accuracy": newest.mlp[0],
        "mlp_accuracy_moved_by_1": newest.mlp[1],
        "mlp_accuracy_moved_by_2": newest.mlp[2],
        "lead_moved_by_1": newest.cnn[1] - newest.mlp[1],
        "probability_of_the_answer": result.probabilities.max().item(),
        "answer": int(result.probabilities.argmax()),
        "pixels_that_the_unit_reads": int((result.gradient != 0).sum()),
        "cnn_parameters": result.parameters,
        "mlp_parameters": result.mlp_parameters,
    }
