"""An autoencoder learns digits while the reader watches, beside principal components with as many numbers."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.drawing import Drawing, read_drawing
from app.experiments.generative.code_plane import CodePlane, plane_of
from app.experiments.live_training import Progress, training
from models.data.digits import digits
from models.generative.autoencoder import (
    Autoencoder,
    principal_reconstruction,
    reconstruction_error,
    variance_outside,
)
from models.generative.digit_judge import judged
from models.generative.pretrained_networks import digit_classifier
from models.linear.principal_components import principal_components
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

BATCH, RATE, SNAPSHOTS = 128, 0.01, 8


class DigitCodesControls(Controls):
    code: Literal[2, 4, 8, 16] = Field(2, title="Numbers per digit", description="Size of the code")
    activation: Literal["gelu", "relu", "tanh", "none"] = Field("gelu", title="Activation")
    hidden: Literal[24, 48, 96] = Field(48, title="Hidden units", description="In encoder and decoder each")
    drawing: Drawing = Field("example 0", title="Your digit")
    steps: int = Field(600, ge=100, le=3200, multiple_of=100, title="Training steps", json_schema_extra=MORE)


class DigitCodesResult(NamedTuple):
    controls: DigitCodesControls
    progress: Progress[Tensor]  # held-out error at each snapshot
    x: Tensor  # (Q, 64) held-out digits
    y: Tensor  # (Q,)
    reconstructed: Tensor  # (Q, 64)
    principal: Tensor  # (Q, 64)
    taken_for: Tensor  # (Q,) the judge's digit for each reconstruction
    principal_taken_for: Tensor  # (Q,)
    yours: Tensor  # (3, 64) the visitor's digit, by principal components, by the autoencoder
    yours_taken_for: Tensor  # (3,)
    outside: float  # variance of the reconstructions outside PCA's subspace
    plane: CodePlane
    parameters: int


def run(controls: DigitCodesControls, device: str) -> Iterator[DigitCodesResult]:
    """On the CPU whatever the device: a batch of 128 small images keeps no other one busy."""
    c, (learned, held_out) = controls, digits()
    given, x = learned.images.flatten(1), held_out.images.flatten(1)
    model = seeded(lambda: Autoencoder(64, c.hidden, c.code, c.activation), c.seed)
    draws = generator(c.seed + 1)
    optimizer = torch.optim.Adam(model.parameters(), RATE, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, c.steps)

    def step() -> None:
        batch = given[torch.randint(len(given), (BATCH,), generator=draws)]
        loss = reconstruction_error(batch, model(batch)[0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()

    @torch.no_grad()
    def evaluate() -> Tensor:
        return reconstruction_error(x, model(x)[0])

    principal = principal_reconstruction(x, given, c.code)
    directions = principal_components(given, c.code).directions
    own = 2 * read_drawing(c.drawing).flatten()[None] - 1  # (1, 64)
    by_principal = principal_reconstruction(own, given, c.code)
    judge = digit_classifier()
    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        with torch.no_grad():
            reconstructed, trace = model(x)
            yours = torch.cat([own, by_principal, model(own)[0]])
            taken = [judged(judge, each).argmax(-1) for each in (reconstructed, principal, yours)]
            plane = plane_of(trace.code, held_out.labels, model.decode)
        yield DigitCodesResult(
            c, progress, x, held_out.labels, reconstructed, principal, taken[0], taken[1], yours, taken[2],
            variance_outside(reconstructed, directions), plane, parameter_count(model),
        )  # fmt: skip


def measure(result: DigitCodesResult) -> Measurements:
    error = reconstruction_error(result.x, result.reconstructed).item()
    principal = reconstruction_error(result.x, result.principal).item()
    changed, by_principal = (taken != result.y for taken in (result.taken_for, result.principal_taken_for))
    own, _, drawn = result.yours
    return {
        "held_out_error": error,
        "principal_error": principal,
        "error_below_principal_percent": 100 * (1 - error / principal),
        "changed_percent": 100 * changed.float().mean().item(),
        "principal_changed_percent": 100 * by_principal.float().mean().item(),
        "outside_principal_percent": 100 * result.outside,
        "your_error": reconstruction_error(own, drawn).item(),
    }
