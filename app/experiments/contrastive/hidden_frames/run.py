"""A network predicts the vectors of a clip's hidden frames, and where the square is, is read from them."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.contrastive.hidden_frames.by_frame import by_distance, growth, mean_by_frame
from app.experiments.contrastive.hidden_frames.tested_clips import (
    HELD_OUT,
    LAST,
    LEARNED,
    clips,
    last_seen,
    reordered,
    straight_on,
    turned_while_hidden,
    visible_pixels,
)
from app.experiments.live_training import Progress, training
from models.contrastive.clip_prediction import ClipGradientThroughTarget, ClipPrediction, linear_reader, read
from models.contrastive.joint_embedding import energy
from models.data.moving_square import FRAMES, SIDE, Clips
from models.parameter_count import parameter_count
from models.seeding import generator

HIDDEN, DIMENSIONS, BATCH, RATE, SNAPSHOTS = 64, 16, 64, 0.003, 8
METHODS = {"guarded": ClipPrediction, "gradient through the target": ClipGradientThroughTarget}


class FramesControls(Controls):
    clip: int = Field(3, ge=0, le=49, title="Clip", description="Of those held out")
    hidden: Literal["last three frames", "right half of all frames"] = Field("last three frames", title="Hidden")
    order: Literal["as filmed", "first four shuffled", "backwards"] = Field(
        "as filmed", title="Order of the frames", description="When tested; training sees clips as filmed"
    )
    method: Literal["guarded", "gradient through the target"] = Field("guarded", title="Method")
    momentum: float = Field(
        0.98, ge=0, le=0.999, title="Momentum", description="0: the target encoder is the context encoder"
    )
    steps: int = Field(400, ge=100, le=1200, multiple_of=100, title="Training steps", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    error: float  # of the hidden frames
    copied: float  # the same, if the vector of the frame where the square was last seen is taken
    distance: Tensor  # (F,) pixels from the square to where the prediction has it, mean of clips in which it is hidden


class FramesResult(NamedTuple):
    controls: FramesControls
    progress: Progress[Snapshot]
    clips: Clips  # held out, as they are tested
    visible: Tensor  # (F, N, N) 1 where a pixel is visible
    out_of_sight: Tensor  # (Q, F) True where the square is wholly hidden
    last_seen: Tensor  # (Q, F) the newest frame in which it was wholly visible
    predicted: Tensor  # (Q, F, 2) centres read from predicted vectors
    straight: Tensor  # (Q, F, 2) centres if it went on at its last visible speed
    read_error: float  # pixels, of centres read from the vectors of whole frames
    errors: Tensor  # (Q, F) of the predicted vectors, over the variance of the vectors of whole frames
    copied: Tensor  # (Q, F) the same, of the vector of the frame where the square was last seen
    parameters: int

    @property
    def ahead(self) -> Tensor:
        """Frames since the square was last wholly seen, 0 where it is not wholly hidden or not seen before.  (Q, F)"""
        return (torch.arange(FRAMES) - self.last_seen).clamp(min=0) * self.out_of_sight


def run(controls: FramesControls, device: str) -> Iterator[FramesResult]:
    """On the CPU whatever the device: a batch of 64 small clips keeps no other one busy."""
    c = controls
    learned = clips(LEARNED, 1_000_000 + c.seed).frames.flatten(2)
    tested = reordered(clips(HELD_OUT, 7), c.order)
    x, visible = tested.frames.flatten(2), visible_pixels(c.hidden)
    v, seen = visible.flatten(1), (tested.frames * visible).sum((2, 3)) / tested.frames.sum((2, 3))
    hidden, newest = seen < 0.001, last_seen(seen > 0.999)
    model, draws = METHODS[c.method](FRAMES, SIDE**2, HIDDEN, DIMENSIONS, c.seed), generator(c.seed + 1)
    optimizer = torch.optim.Adam([one for one in model.parameters() if one.requires_grad], RATE, fused=True)
    due = v.min(1).values == 0  # frames of which something is hidden
    rows = torch.arange(len(x))[:, None]

    def step() -> None:
        error, _ = model(learned[torch.randint(len(learned), (BATCH,), generator=draws)], v)
        optimizer.zero_grad()
        error[:, due].mean().backward()
        optimizer.step()
        model.follow(c.momentum)

    def centres() -> tuple[Tensor, Tensor]:
        """Read from predicted vectors, and from those of whole frames, by a line fitted to clips for training."""
        some = clips(LEARNED, 1_000_000 + c.seed)
        W = linear_reader(model.target(some.frames[:200].flatten(2)).flatten(0, 1), some.centres[:200].flatten(0, 1))
        trace = model(x, v)[1]
        return read(W, trace.predicted), read(W, trace.target)

    @torch.no_grad()
    def evaluate() -> Snapshot:
        error, trace = model(x, v)
        copied = energy(trace.target[rows, newest], trace.target)
        off = (centres()[0] - tested.centres).norm(dim=-1)
        return Snapshot(error[hidden].mean().item(), copied[hidden].mean().item(), mean_by_frame(off, hidden))

    straight = straight_on(tested.centres, newest)
    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        with torch.no_grad():
            predicted, whole = centres()
            error, trace = model(x, v)
            variance = (trace.target - trace.target.mean((0, 1))).square().mean()
            copied = energy(trace.target[rows, newest], trace.target)
        yield FramesResult(
            c, progress, tested, visible, hidden, newest, predicted, straight,
            (whole - tested.centres).norm(dim=-1).mean().item(), error / variance, copied / variance,
            parameter_count(model),
        )  # fmt: skip


def distances(result: FramesResult) -> dict[str, Tensor]:
    """Pixels from the square to where each guess has it.  (Q, F) each"""
    rows, centres = torch.arange(len(result.predicted))[:, None], result.clips.centres
    was = centres[rows, result.last_seen]
    guesses = {"predicted": result.predicted, "where it was": was, "straight on": result.straight}
    return {name: (guess - centres).norm(dim=-1) for name, guess in guesses.items()}


def measure(result: FramesResult) -> Measurements:
    newest, hidden = result.progress.newest, result.out_of_sight
    turned = turned_while_hidden(result.clips.bounced, result.last_seen, hidden)
    off, unbounced = distances(result), hidden & ~turned
    errors, copied = (by_distance(each, result.ahead) for each in (result.errors, result.copied))
    return {
        "error_over_copying_percent": 100 * newest.error / newest.copied,
        "predicted_distance_px": off["predicted"][hidden].mean().item(),
        "stayed_distance_px": off["where it was"][hidden].mean().item(),
        "straight_distance_px": off["straight on"][hidden].mean().item(),
        "bounced_distance_px": off["predicted"][turned].mean().item(),
        "bounced_straight_distance_px": off["straight on"][turned].mean().item(),
        "unbounced_distance_px": off["predicted"][unbounced].mean().item(),
        "bounced_over_unbounced": (off["predicted"][turned].mean() / off["predicted"][unbounced].mean()).item(),
        "read_distance_px": result.read_error,
        "error": newest.error,
        "first_error_percent": 100 * errors[0].item(),
        "last_error_percent": 100 * errors[LAST - 1].item(),
        "last_copied_percent": 100 * copied[LAST - 1].item(),
        "growth_in_standard_errors": growth(result.errors, result.ahead),
    }
