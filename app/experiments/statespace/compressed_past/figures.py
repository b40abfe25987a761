"""A signal and what is rebuilt of it, the errors of all systems, and what each kept number weighs."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.statespace.compressed_past.run import SAMPLES, WINDOW, PastResult
from app.provenance.origin import Plotted, computed
from models.statespace.hippo import memory, rebuilt
from visualizers.curve import curves
from visualizers.matrix import heatmap
from visualizers.outcomes import outcomes
from visualizers.theme import ACCENT, INK_3

EVERY = 4
"""Of the samples, so many apart are drawn in the map."""


def figures(result: PastResult, metrics: Measurements) -> Figures:
    return {
        "rebuilt": _rebuilt(result, metrics),
        "errors": _errors(result, metrics),
        "memory": _memory(result, metrics),
    }


def _rebuilt(result: PastResult, metrics: Measurements) -> Figure:
    c, current = result.controls, result.found[result.controls.system]
    guess = computed(rebuilt, x=current.x[c.example : c.example + 1], decoder=current.decoder)
    age = (np.arange(WINDOW) + 0.5) / WINDOW
    plot = curves(
        age,
        {"signal": result.past[c.example].numpy(), "rebuilt": guess.tensor[0].numpy()},
        x_title="age, in windows (left: now)",
        colours={"signal": INK_3, "rebuilt": ACCENT},
        room=16,
    )
    plot.layout.annotations = ()
    plot.data[0].line.width = 6
    plot.data[0].opacity = 0.55
    return Figure(
        title=f"A signal, and what {c.size} numbers keep of it",
        caption=(
            f"{{trace:signal|The signal}} over the last window, and {{trace:rebuilt|what is rebuilt}} from the state of"
            f" the matrix “{c.system}”, by the linear decoder that fits best."
        ),
        text=(
            f"On {len(result.past)} held-out signals with up to {c.cycles} cycles per window, the rebuilt past is off"
            f" by {metrics['error']:.1%} of the signal’s size."
        ),
        plot=plot,
        height=280,
        sources=[Plotted(guess, lambda past: past[0], trace="rebuilt")],
    )


def _errors(result: PastResult, metrics: Measurements) -> Figure:
    names = list(result.found)
    errors = [found.error for found in result.found.values()]
    best, worst = int(np.argmin(errors)), int(np.argmax(errors))
    return Figure(
        title="Error of each matrix, held-out signals",
        caption="Equally many numbers, equal noise. Each matrix has the speed and the decoder that fit best.",
        text=(
            f"The smallest error is that of {names[best]}, {errors[best]:.3f}; the largest that of {names[worst]},"
            f" {errors[worst]:.3f}."
        ),
        plot=outcomes(
            {"error, share of the signal": errors}, names,
            colours=[ACCENT if name == result.controls.system else INK_3 for name in names], room=130,
        ),
        height=300,
        half=True,
        sources=[Plotted(torch.tensor(errors, dtype=torch.double))],
    )  # fmt: skip


def _memory(result: PastResult, metrics: Measurements) -> Figure:
    current, size = result.found[result.controls.system], result.controls.size
    weights = computed(memory, step=current.step, length=SAMPLES)
    scaled = weights.tensor / weights.tensor.abs().amax(dim=1, keepdim=True).clamp(min=1e-12)
    shown = scaled[:, :WINDOW:EVERY]
    count = shown.shape[1]
    return Figure(
        title="What each kept number weighs",
        caption="Each row is one number; blue and orange are weights of either sign on the past, by age.",
        text=(
            f"{result.controls.system[0].upper() + result.controls.system[1:]} fits best at {metrics['speed']:g} times"
            " its own speed, at which it runs here."
        ),
        plot=heatmap(
            shown.numpy(),
            rows=["" if row % 4 else str(row) for row in range(size)],
            columns=[
                "0" if at == 0 else "½" if at == count // 2 else "1" if at == count - 1 else "" for at in range(count)
            ],
            row_title="number",
            column_title="age, in windows",
            signed=True,
        ),
        height=300,
        half=True,
        sources=[Plotted(shown)],
    )
