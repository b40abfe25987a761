"""Three figures of small diffusion transformers: loss over training, one digit by noise level, and the gates."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.patch_denoisers.by_noise import ATTENDING, GATES, QUERY, SHOWN_TIMES, TIMES
from app.experiments.generative.patch_denoisers.run import PatchDenoiserResult
from app.number_format import number
from app.provenance.origin import Plotted
from models.training.small_denoisers import EVERY
from visualizers.charts_beside import Chart, charts_beside
from visualizers.curve import apart, curves
from visualizers.image import GAP, IMAGES, pictures, sheet
from visualizers.theme import INK_3, SERIES

NAMES = {"patch 4": "patches of 4", "patch 2": "patches of 2", "patch 1": "patches of 1", "U-Net": "U-Net"}
CHOSEN = "patches of 2, other start"
COLOURS = dict(zip(NAMES.values(), (SERIES[1], SERIES[0], SERIES[2], INK_3), strict=True)) | {CHOSEN: SERIES[3]}
GATE_COLOURS = dict(zip(GATES, (SERIES[0], SERIES[1], SERIES[0], SERIES[1]), strict=True))
BY_TIME = {f"{name}, by t": colour for name, colour in GATE_COLOURS.items()}
BLOCKS = {"block 1": SERIES[2], "block 2": SERIES[3]}
SHOWN = (0.24, 0.6)
"""Loss from the step at which the first record after the start lies."""


def figures(result: PatchDenoiserResult, metrics: Measurements) -> Figures:
    return {
        "training": _training(result, metrics),
        "sheet": _sheet(result, metrics),
        "gates": _gates(result, metrics),
    }


def _training(result: PatchDenoiserResult, metrics: Measurements) -> Figure:
    arms = {shown: result.courses[name].mean(dim=1) for name, shown in NAMES.items()}
    if result.controls.start != "gates at 0":
        arms[CHOSEN] = result.courses["chosen start"].mean(dim=1)
    steps = EVERY * np.arange(len(next(iter(arms.values()))))
    lines = {name: line[1:] for name, line in arms.items()}
    plot = curves(
        steps[1:],
        {name: line.numpy() for name, line in lines.items()},
        x_title="training step",
        y_range=SHOWN,
        colours=COLOURS,
        room=130 if CHOSEN in arms else 92,
    )
    costs = [number(result.multiplications[name]) for name in ("patch 1", "patch 2", "patch 4", "U-Net")]
    other = f" {{trace:{CHOSEN}|Patches of 2 with {result.controls.start}}} start behind." * (
        result.controls.start == "gates at 1"
    )
    return Figure(
        title="Held-out loss over training",
        caption=(
            "Means of five trainings on the same data. {trace:patches of 1|Patches of 1 pixel} end lowest of the"
            f" transformers, at {metrics['cost_patch_1_over_4']:.0f} times the cost of patches of 4;"
            f" {{trace:U-Net|a U-Net}} as large ends lower still.{other}"
        ),
        text=(
            f"At step {metrics['training_steps']:g} the loss with patches of 4 is {metrics['final_lead']:.3f} above"
            f" that with patches of 2. An image takes {costs[0]} multiplications with patches of 1, {costs[1]} with 2"
            f" and {costs[2]} with 4; the U-Net takes {costs[3]}."
        ),
        plot=apart(plot, 210),
        height=270,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _sheet(result: PatchDenoiserResult, metrics: Measurements) -> Figure:
    images, attention = result.sheet
    highest = attention.max()
    maps = attention.repeat_interleave(ATTENDING, dim=-1).repeat_interleave(ATTENDING, dim=-2)  # (S, L, 8, 8)
    cells = torch.cat([images, 2 * maps / highest - 1], dim=1)  # (S, 6, 8, 8)

    def laid(images: Tensor) -> Tensor:
        return torch.from_numpy(sheet(images.numpy()))

    plot = pictures(
        cells.numpy(), rows=[f"t = {t}" for t in SHOWN_TIMES],
        columns=["noisy", "4 × 4", "2 × 2", "1 × 1", "block 1", "block 2"],
    )  # fmt: skip
    across = images.shape[-1] // ATTENDING
    top, left = (ATTENDING * place - 0.5 for place in divmod(QUERY, across))
    for row in range(len(cells)):
        for column in range(images.shape[1], cells.shape[1]):
            x, y = left + (images.shape[-1] + GAP) * column, top + (images.shape[-1] + GAP) * row
            plot.add_shape(
                type="rect", x0=x, x1=x + ATTENDING, y0=y, y1=y + ATTENDING, line={"color": SERIES[1], "width": 1.5}
            )
    held = "" if result.controls.closed == "nothing" else f" The {result.controls.closed} of the transformers are at 0."
    return Figure(
        title="What is predicted, and what a patch attends to",
        caption=(
            "Sampling goes from top to bottom. Middle: the clean digit as each patch size predicts it. Right: how the"
            f" framed patch of 2 × 2 spreads its attention, by block.{held}"
        ),
        text=(
            f"At t = 1000 a patch attends to {metrics['attended_patches_at_1000']:.1f} of 16 patches, at t = 1 to"
            f" {metrics['attended_patches_at_1']:.1f} (exponential of the entropy). They are"
            f" {metrics['attended_distance']:.2f} pixels away on average; with uniform weights,"
            f" {metrics['uniform_distance']:.2f}."
        ),
        plot=plot,
        height=330,
        sources=[Plotted(cells, laid, trace=IMAGES, unit=None)],
    )


def _gates(result: PatchDenoiserResult, metrics: Measurements) -> Figure:
    over_training = {name: result.gates[:, at] for at, name in enumerate(GATES)}
    by_time = {f"{name}, by t": result.gates_by_time[:, at] for at, name in enumerate(GATES)}
    patches = result.attended.patches.mean(dim=0)  # (9, L)
    attended = {f"block {block + 1}": patches[:, block] for block in range(patches.shape[1])}
    steps = EVERY * np.arange(len(result.gates))
    highest = 1.1 * max(result.gates.max().item(), result.gates_by_time.max().item())
    plot = charts_beside(
        [
            Chart("|α| in training", steps, drawn(over_training), GATE_COLOURS, "training step", (0, highest)),
            Chart("|α| by t", np.array(TIMES), drawn(by_time), BY_TIME, "t", (0, highest)),
            Chart("patches, by t", np.array(TIMES), drawn(attended), BLOCKS, "t", (0, 17), levels=[(16, INK_3)]),
        ]
    )
    plot.update_xaxes(tickvals=[0, 500, 1000], tickangle=0, range=[-40, 1040])
    plot.layout.xaxis.update(tickvals=[0, 800, 1600], range=[-60, 1660])
    return Figure(
        title="Gates, and how many patches are attended to",
        caption=(
            "Patches of 2. Mean size |α| of the gates of {trace:attention, block 1|attention} and"
            " {trace:feed-forward, block 1|feed-forward}. Right: of 16 patches, how many one attends to, in"
            " {trace:block 1|block 1} and {trace:block 2|block 2}; dotted: uniform weights."
        ),
        text=(
            f"After 80 steps the feed-forward gates have a mean size of {metrics['feed_forward_gate_at_80']:.2f}, those"
            f" of attention {metrics['attention_gate_at_80']:.2f}."
        ),
        plot=plot,
        height=240,
        sources=[Plotted(line, trace=name) for name, line in (over_training | by_time | attended).items()],
    )


def drawn(lines: dict[str, Tensor]) -> dict[str, np.ndarray]:
    return {name: line.numpy() for name, line in lines.items()}
