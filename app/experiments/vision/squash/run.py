"""What squash does to the lengths of a trained network’s capsules, and what other nonlinearities do in its place."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.drawing import FIRST_EXAMPLE, Drawing, read_drawing
from models.convolution.capsule_network import lengths_of
from models.convolution.dynamic_routing import (
    exponential_squash,
    no_squash,
    squash,
    squash_without_tiny,
    unit_length,
    unsquared_squash,
)
from models.convolution.pretrained_networks import digit_capsules
from models.data.digits import Digits, digits
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.digit_capsules import TRAININGS

ROWS, DOTS = 200, 60
LONGEST, POINTS = 6.0, 121  # where the curve ends at least, and its points
K = 8

Form = Literal[
    "squash", "length not squared", "exponential, trained with it", "unit length", "none", "squash without ε"
]
FORMS: dict[Form, Callable[[Tensor], Tensor]] = {
    "squash": squash,
    "length not squared": unsquared_squash,
    "exponential, trained with it": exponential_squash,
    "unit length": unit_length,
    "none": no_squash,
    "squash without ε": squash_without_tiny,
}


class SquashControls(Controls):
    drawing: Drawing = Field(FIRST_EXAMPLE, title="Digit")
    form: Form = Field("squash", title="Nonlinearity of the capsules")


class SquashResult(NamedTuple):
    controls: SquashControls
    lengths_in: Tensor  # (POINTS,) along the curve
    lengths_out: Tensor  # (POINTS,)
    sums: Tensor  # (J, K) of the shown digit, before the nonlinearity
    outputs: Tensor  # (J, K) after it
    right: Tensor  # (B, 2) length of the right capsule of held-out digits, before and after
    wrong: Tensor  # (B, 2) of the longest wrong one
    gradient_at_zero: float  # length of the gradient of Σ v at s = 0
    cosine: float  # smallest cosine of s and v over held-out capsules
    parameters: int


def gradient_at_zero(form: Callable[[Tensor], Tensor]) -> float:
    """The largest entry of ∂v/∂s at the zero vector; not a number where the formula divides 0 by 0."""
    jacobian = torch.autograd.functional.jacobian(form, torch.zeros(K))
    return jacobian.abs().max().item() if jacobian.isfinite().all() else float("nan")


def right_and_wrong(lengths: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Length of the right capsule, and of the longest wrong one: (B, J), (B,) → (B,) each."""
    right = lengths.gather(1, labels[:, None])[:, 0]
    return right, lengths.scatter(1, labels[:, None], -1.0).amax(dim=1)


def run(controls: SquashControls, device: str) -> SquashResult:
    form = FORMS[controls.form]
    kind = "exponential" if controls.form.startswith("exponential") else "three iterations"
    data = digits()[1]
    rows = torch.randperm(len(data.labels), generator=generator(controls.seed))[:ROWS]
    data = Digits(data.images[rows].to(device), data.labels[rows].to(device))
    slope = gradient_at_zero(form)
    with torch.inference_mode():
        model = digit_capsules(controls.seed % TRAININGS, kind, squashed=form, device=device)
        image = 2 * read_drawing(controls.drawing)[None, None].to(device) - 1
        v, trace = model(torch.cat([image, data.images]))
        s = trace.routing.sums[-1]
        pairs = [right_and_wrong(lengths_of(x[1:]), data.labels) for x in (s, v)]
        (right_in, wrong_in), (right_out, wrong_out) = pairs
        cosine = torch.cosine_similarity(s[1:], v[1:], dim=-1).min().item()
        longest = max(LONGEST, 1.05 * lengths_of(s).max().item())
        line = torch.linspace(0, longest, POINTS, device=device)
        along = torch.zeros(POINTS, K, device=device)
        along[:, 0] = line
        return SquashResult(
            controls,
            line,
            form(along)[:, 0],
            s[0],
            v[0],
            torch.stack([right_in, right_out], dim=1),
            torch.stack([wrong_in, wrong_out], dim=1),
            slope,
            cosine,
            parameter_count(model),
        )


def measure(result: SquashResult) -> Measurements:
    difference = result.right[:, 1] - result.wrong[:, 1]
    shown = lengths_of(result.outputs[None])[0].sort(descending=True).values
    return {
        "length_margin": difference.mean().item(),
        "accuracy": (difference > 0).float().mean().item(),
        "right_length": result.right[:, 1].mean().item(),
        "wrong_length": result.wrong[:, 1].mean().item(),
        "right_length_before": result.right[:, 0].mean().item(),
        "wrong_length_before": result.wrong[:, 0].mean().item(),
        "ratio_before": (result.right[:, 0].mean() / result.wrong[:, 0].mean()).item(),
        "ratio_after": (result.right[:, 1].mean() / result.wrong[:, 1].mean()).item(),
        "longest_output": max(result.right[:, 1].max().item(), result.wrong[:, 1].max().item()),
        "gradient_at_zero": result.gradient_at_zero,
        "smallest_cosine": result.cosine,
        "longest": shown[0].item(),
        "second_longest": shown[1].item(),
    }
