"""One clip with where the square is predicted, how far off each guess is by frame, and how training went."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.contrastive.hidden_frames.by_frame import by_distance, mean_by_frame
from app.experiments.contrastive.hidden_frames.run import FramesResult, distances
from app.provenance.origin import Plotted
from models.data.moving_square import FRAMES, drawn
from visualizers.charts_beside import Chart, charts_beside
from visualizers.image import IMAGES, pictures, sheet
from visualizers.theme import ACCENT, FAILED, INK_3, SERIES

BLANK, UNSEEN = -0.08, 0.2
"""What has the colour of the page, and the ink of a pixel that is not shown to the network."""

FARTHEST, LARGEST = 8.0, 260.0
"""Pixels and per cent that the charts reach up to."""


def figures(result: FramesResult, metrics: Measurements) -> Figures:
    return {"clip": _clip(result, metrics), "distances": _distances(result, metrics)}


def _clip(result: FramesResult, metrics: Measurements) -> Figure:
    at = result.controls.clip
    whole = result.clips.frames[at]
    seen = torch.where(result.visible > 0, whole, UNSEEN)
    hidden = result.out_of_sight[at]
    guess = torch.where(hidden[:, None, None], drawn(result.predicted[at]), BLANK)
    rows = torch.stack([whole, seen, guess])  # (3, F, N, N)
    names = ["clip", "what is shown", "predicted"]
    where = ", ".join(str(frame + 1) for frame in hidden.nonzero()[:, 0].tolist()) or "none"
    off = distances(result)["predicted"][at][hidden]
    return Figure(
        title="Where the square is predicted while it is hidden",
        caption=(
            "First row: the clip, frame by frame. Second row: what the network is shown; tinted pixels are hidden."
            " Third row: the square at the position that is read from the predicted vector, where it is wholly hidden."
        ),
        text=(
            f"In this clip the square is wholly hidden in frames: {where}."
            + (f" There the prediction is off by {off.mean():.2f} pixels on average." if len(off) else "")
        ),
        plot=pictures(
            rows.numpy(), rows=names,
            columns=[str(frame + 1) for frame in range(FRAMES)], low=BLANK,
        ),
        height=290,
        sources=[Plotted(rows, _laid, trace=IMAGES, unit=None)],
    )  # fmt: skip


def _laid(images: Tensor) -> Tensor:
    return torch.from_numpy(sheet(images.numpy()))


def _distances(result: FramesResult, metrics: Measurements) -> Figure:
    off: dict[str, Tensor] = {
        name: mean_by_frame(each, result.out_of_sight) for name, each in distances(result).items()
    }
    ratio = torch.tensor([100 * one.error / one.copied for one in result.progress.snapshots])
    colours = {"predicted": ACCENT, "where it was": FAILED, "straight on": SERIES[2]}
    found = {"error": result.errors, "copying": result.copied}
    errors = {name: 100 * by_distance(each, result.ahead) for name, each in found.items()}
    reached = int(errors["error"].isfinite().nonzero().max()) + 1
    growing = Chart(
        "Error, %", np.arange(1, reached + 1),
        {name: each[:reached].clamp(max=LARGEST).numpy() for name, each in errors.items()},
        {"error": ACCENT, "copying": FAILED}, "frames hidden", (0, LARGEST), dots=True,
    )  # fmt: skip
    by_frame = Chart(
        "Pixels off", np.arange(1, FRAMES + 1), {name: each.numpy() for name, each in off.items()},
        colours, "frame", (0, FARTHEST), dots=True,
    )  # fmt: skip
    course = Chart(
        "Of copying, %", np.array(result.progress.taken),
        {"error over copying": ratio.clamp(max=200).numpy()},
        {"error over copying": ACCENT}, "step", (0, 205), levels=[(100.0, INK_3)], dots=True,
    )  # fmt: skip
    return Figure(
        title="How far off each guess is, and the error over training",
        caption=(
            "Left, mean of 300 held-out clips: {trace:predicted|position read from the predicted vector},"
            " {trace:where it was|where the square was last wholly seen}, {trace:straight on|straight on} at its last"
            " visible speed. Middle: {trace:error|error of the predicted vectors} and {trace:copying|of copying} by how"
            " long the square has been hidden, in per cent of the variance of whole frames’ vectors. Right:"
            " {trace:error over copying|error} in per cent of that of copying the"
            " vector of the frame where it was last seen."
        ),
        text=(
            f"While hidden, the square is {metrics['predicted_distance_px']:.2f} pixels from where the prediction has"
            f" it, {metrics['stayed_distance_px']:.2f} from where it was last seen and"
            f" {metrics['straight_distance_px']:.2f} from where it would be, going straight on. The error of the"
            f" vectors is {metrics['error_over_copying_percent']:.0f} % of that of copying. One frame after the square"
            f" was last seen, the error is {metrics['first_error_percent']:.0f} % of the vectors’ variance, three"
            f" frames after {metrics['last_error_percent']:.0f} %; copying has"
            f" {metrics['last_copied_percent']:.0f} % there."
        ),
        plot=charts_beside([by_frame, growing, course]),
        height=280,
        sources=[Plotted(each, trace=name) for name, each in off.items()]
        + [Plotted(each[:reached].clamp(max=LARGEST), trace=name) for name, each in errors.items()]
        + [Plotted(ratio.clamp(max=200), trace="error over copying")],
    )
