"""Three figures of small diffusion transformers: loss over training, loss against cost, and the gates."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.patch_denoisers.run import GATE_TIMES, GATES, SHOWN_TIME, PatchDenoiserResult
from app.number_format import number
from app.provenance.origin import Plotted
from models.training.small_denoisers import EVERY
from visualizers.charts_beside import Chart, charts_beside
from visualizers.curve import apart, curves
from visualizers.image import IMAGES, pictures, sheet
from visualizers.theme import INK_3, SERIES

NAMES = {"patch 4": "patches of 4", "patch 2": "patches of 2", "patch 1": "patches of 1", "U-Net": "U-Net"}
CHOSEN = "patches of 2, other start"
COLOURS = dict(zip(NAMES.values(), (SERIES[1], SERIES[0], SERIES[2], INK_3), strict=True)) | {CHOSEN: SERIES[3]}
GATE_COLOURS = dict(zip(GATES, (SERIES[0], SERIES[1], SERIES[0], SERIES[1]), strict=True))
SHOWN = (0.24, 0.6)
"""Loss from the step at which the first record after the start lies."""


def figures(result: PatchDenoiserResult, metrics: Measurements) -> Figures:
    return {
        "training": _training(result, metrics),
        "sizes": _sizes(result, metrics),
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
    other = f" {{trace:{CHOSEN}|Patches of 2 with {result.controls.start}}} start behind." * (
        result.controls.start == "gates at 1"
    )
    return Figure(
        title="Held-out loss over training",
        caption=(
            "Means of five trainings on the same data. {trace:patches of 1|Patches of 1 pixel} end lowest of the"
            f" transformers; {{trace:U-Net|a U-Net}} as large ends lower still.{other}"
        ),
        text=(
            f"After {metrics['training_steps']:g} steps the loss is"
            f" {', '.join(f'{float(line[-1]):.3f} ({name})' for name, line in lines.items())}."
        ),
        plot=apart(plot, 210),
        height=270,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _sizes(result: PatchDenoiserResult, metrics: Measurements) -> Figure:
    rows = {shown: (result.multiplications[name], result.losses[name].mean()) for name, shown in NAMES.items()}

    def laid(images: Tensor) -> Tensor:
        return torch.from_numpy(sheet(images[None].numpy(), under=True))

    held = "" if result.controls.closed == "nothing" else f" The {result.controls.closed} of the transformers are at 0."
    columns = ["noisy", "patches of 1", "of 2", "of 4", "true"]
    losses = [metrics["loss_patch_1"], metrics["loss_patch_2"], metrics["loss_patch_4"]]
    costs = [result.multiplications[name] for name in ("patch 1", "patch 2", "patch 4")]
    under = ["", *(f"{loss:.3f} · {number(cost)}" for loss, cost in zip(losses, costs, strict=True)), ""]
    return Figure(
        title="Finer patches: lower loss, higher cost",
        caption=(
            f"One digit at t = {SHOWN_TIME}, and the clean digit that each predicts. Below: held-out loss over all"
            f" noise levels, and multiplications per image.{held}"
        ),
        text=f"Patches of 1 take {metrics['cost_patch_1_over_4']:.0f} times as many multiplications as patches of 4."
        " Losses now: "
        + "; ".join(
            f"{name}, {float(loss):.3f} at {number(cost)} multiplications" for name, (cost, loss) in rows.items()
        )
        + ".",
        plot=pictures(result.pictures[None].numpy(), rows=[""], columns=columns, under=[under]),
        height=190,
        sources=[Plotted(result.pictures, laid, trace=IMAGES, unit=None)],
    )


def _gates(result: PatchDenoiserResult, metrics: Measurements) -> Figure:
    over_training = {name: result.gates[:, at] for at, name in enumerate(GATES)}
    by_time = {f"{name}, by t": result.gates_by_time[:, at] for at, name in enumerate(GATES)}
    steps = EVERY * np.arange(len(result.gates))
    highest = 1.1 * max(result.gates.max().item(), result.gates_by_time.max().item())
    by_colours = {f"{name}, by t": colour for name, colour in GATE_COLOURS.items()}
    plot = charts_beside(
        [
            Chart(
                f"in training ({result.controls.start})", steps,
                {name: line.numpy() for name, line in over_training.items()},
                GATE_COLOURS, "training step", (0, highest),
            ),
            Chart(
                "trained, by noise level", np.array(GATE_TIMES), {name: line.numpy() for name, line in by_time.items()},
                by_colours, "t", (0, highest),
            ),
        ]
    )  # fmt: skip
    return Figure(
        title="How far the gates are open",
        caption=(
            "Mean size |α| with patches of 2: {trace:attention, block 1|attention} and"
            " {trace:feed-forward, block 1|feed-forward}, two blocks each. Right: gates from 0, trained; they open more"
            " the more noise there is."
        ),
        text=(
            f"After 80 steps the feed-forward gates have a mean size of {metrics['feed_forward_gate_at_80']:.2f}, those"
            f" of attention {metrics['attention_gate_at_80']:.2f}."
        ),
        plot=plot,
        height=240,
        sources=[Plotted(line, trace=name) for name, line in (over_training | by_time).items()],
    )
