"""A network predicts the vectors of a clip's hidden frames, and where the square is, is read from them."""

from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.contrastive.clip_prediction import ClipGradientThroughTarget, ClipPrediction, linear_reader, read
from models.contrastive.joint_embedding import energy
from models.data.moving_square import FRAMES, SIDE, Clips, moving_square
from models.parameter_count import parameter_count
from models.seeding import generator

HIDDEN, DIMENSIONS, BATCH, RATE, SNAPSHOTS = 64, 16, 64, 0.003, 8
LEARNED, HELD_OUT = 2000, 300
LAST = 3
"""Frames that are hidden at the end."""

SHUFFLED = (2, 0, 3, 1, *range(4, FRAMES))
"""Only the first four frames change places: the last visible one stays."""

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
    parameters: int


@cache
def clips(count: int, seed: int) -> Clips:
    return moving_square(count, generator(seed))


def visible_pixels(hidden: str) -> Tensor:
    """1 where a pixel is visible.  (F, N, N)"""
    shown = torch.ones(FRAMES, SIDE, SIDE)
    if hidden == "last three frames":
        shown[-LAST:] = 0
    else:
        shown[:, :, SIDE // 2 :] = 0
    return shown


def reordered(given: Clips, order: str) -> Clips:
    places = {"as filmed": range(FRAMES), "first four shuffled": SHUFFLED, "backwards": range(FRAMES)[::-1]}[order]
    return Clips(*(part[:, list(places)] for part in given))


def last_seen(whole: Tensor) -> Tensor:
    """The newest frame up to each in which the square is wholly visible; before any, the first such frame.  (Q, F)"""
    times = torch.arange(FRAMES)
    newest = torch.where(whole, times, -1).cummax(1).values  # (Q, F)
    return torch.where(newest < 0, whole.int().argmax(1, keepdim=True), newest)


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

    before = (newest - 1).clamp(min=0)
    speed = tested.centres[rows, newest] - tested.centres[rows, before]
    ahead = (torch.arange(FRAMES) - newest)[..., None]
    straight = tested.centres[rows, newest] + ahead * speed
    for progress in training(step, evaluate, c.steps, SNAPSHOTS):
        with torch.no_grad():
            predicted, whole = centres()
        yield FramesResult(
            c, progress, tested, visible, hidden, newest, predicted, straight,
            (whole - tested.centres).norm(dim=-1).mean().item(), parameter_count(model),
        )  # fmt: skip


def mean_by_frame(numbers: Tensor, chosen: Tensor) -> Tensor:
    """Mean over the chosen clips, frame by frame; not a number where there are none.  (Q, F), (Q, F) → (F,)"""
    return (numbers * chosen).sum(0) / chosen.sum(0)


def distances(result: FramesResult) -> dict[str, Tensor]:
    """Pixels from the square to where each guess has it.  (Q, F) each"""
    rows, centres = torch.arange(len(result.predicted))[:, None], result.clips.centres
    guesses = {
        "predicted": result.predicted, "where it was": centres[rows, result.last_seen], "straight on": result.straight,
    }  # fmt: skip
    return {name: (guess - centres).norm(dim=-1) for name, guess in guesses.items()}


def turned_while_hidden(result: FramesResult) -> Tensor:
    """True where the square has bounced since it was last seen.  (Q, F)"""
    rows, turns = torch.arange(len(result.predicted))[:, None], result.clips.bounced
    return (turns != turns[rows, result.last_seen]) & result.out_of_sight


def measure(result: FramesResult) -> Measurements:
    newest, hidden, turned = result.progress.newest, result.out_of_sight, turned_while_hidden(result)
    off = distances(result)
    return {
        "error_over_copying_percent": 100 * newest.error / newest.copied,
        "predicted_distance_px": off["predicted"][hidden].mean().item(),
        "stayed_distance_px": off["where it was"][hidden].mean().item(),
        "straight_distance_px": off["straight on"][hidden].mean().item(),
        "bounced_distance_px": off["predicted"][turned].mean().item(),
        "bounced_straight_distance_px": off["straight on"][turned].mean().item(),
        "unbounced_distance_px": off["predicted"][hidden & ~turned].mean().item(),
        "bounced_over_unbounced": (off["predicted"][turned].mean() / off["predicted"][hidden & ~turned].mean()).item(),
        "read_distance_px": result.read_error,
        "error": newest.error,
    }
