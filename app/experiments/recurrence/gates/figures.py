"""Three figures of a gated cell: its gates over your text, gates by kind of step, and how the task was learned."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.gates.run import STORING, GateResult
from app.provenance.origin import Plotted, computed
from models.recurrence.gru import gru_step
from models.recurrence.lstm import gates, next_cell
from models.training.gated_cells import SNAPSHOTS
from visualizers.curve import learning_course
from visualizers.distribution import grouped_bars
from visualizers.read_text import Cells, height_of, read_text

NAMES = {
    "lstm": ("input gate", "forget gate", "cell"),
    "gru": ("overwriting share, 1 − z", "keeping share, z", "state"),
}
ANSWER = "probability of each digit as the answer"


def figures(result: GateResult, metrics: Measurements) -> Figures:
    return {"text": _text(result, metrics), "kinds": _kinds(result, metrics), "training": _training(result, metrics)}


def _sources(result: GateResult) -> list[Plotted]:
    """Which function computed gates and cells; of an altered cell nothing is said."""
    if result.controls.alteration != "none":
        return []
    writes, keeps, stored = NAMES[result.controls.cell]
    from_x, from_h, before = result.inputs
    view = lambda part: part[0].T[result.units]
    if result.controls.cell == "gru":
        of = lambda part: computed(gru_step, part, from_x=from_x, from_h=from_h, h=before)
        return [Plotted(of(2), view, trace=keeps), Plotted(of(0), view, trace=stored)]
    i, f, g = (computed(gates, part, from_x=from_x, from_h=from_h) for part in range(3))
    cell = computed(next_cell, i=i, f=f, g=g, c=before)
    return [Plotted(i, view, trace=writes), Plotted(f, view, trace=keeps), Plotted(cell, view, trace=stored)]


def _text(result: GateResult, metrics: Measurements) -> Figure:
    writes, keeps, stored = NAMES[result.controls.cell]
    rows = [f"unit {unit}" for unit in result.units]
    answers = result.probabilities.T.numpy()
    high = max(1.0, float(result.shown.stored.abs().max()))
    charts = [
        Cells(writes, result.shown.writes.T.numpy(), rows),
        Cells(keeps, result.shown.keeps.T.numpy(), rows),
        Cells(stored, result.shown.stored.T.numpy(), rows, high, signed=True),
        Cells(ANSWER, answers, [str(digit) for digit in range(10)]),
    ]  # fmt: skip
    marks = [step for step, label in enumerate(result.labels) if label.startswith("*")]
    asked = result.text.targets[0]
    told = [result.probabilities[step].argmax() == digit for step, digit in enumerate(asked) if digit >= 0]
    return Figure(
        title="Your text, step by step",
        caption=(
            f"{STORING} units that store the digit, chosen on other texts. Dotted lines: marked digits. Look at the"
            f" {writes.split(',')[0]} there, and at the {keeps.split(',')[0]} in between."
        ),
        text=(
            f"At {sum(map(bool, told))} of {len(told)} questions, {result.controls.asked} is the likeliest answer."
            if told
            else "There is no question after a marked digit in this text."
        ),
        plot=read_text(result.labels, charts, marks=marks),
        height=height_of(charts),
        sources=_sources(result),
    )


def _kinds(result: GateResult, metrics: Measurements) -> Figure:
    text, found = result.held_out, result.gates
    kinds = {"marked digits": text.marks, "distractors": ~text.marks & ~text.asks, "questions": text.asks}
    writes, keeps, _ = (name.split(",")[0] for name in NAMES[result.controls.cell])
    means = lambda part: torch.stack([part[steps].mean() for steps in kinds.values()]).numpy()
    return Figure(
        title="Mean gates of the storing units, held-out texts",
        caption=f"{{trace:{writes}|{writes.capitalize()}}} and {{trace:{keeps}|{keeps}}} by kind of step.",
        text=(
            f"The {writes} is {metrics['write_gate_at_marks']:.2f} at marked digits and"
            f" {metrics['write_gate_at_distractors']:.2f} at distractors."
        ),
        plot=grouped_bars({writes: means(found.writes), keeps: means(found.keeps)}, labels=list(kinds)),
        height=240,
        half=True,
    )


def _training(result: GateResult, metrics: Measurements) -> Figure:
    return Figure(
        title="Questions answered rightly",
        caption="On held-out texts of 40 steps, with the change chosen above. Chance is 10 %.",
        text=(
            f"In texts of {result.controls.length} steps, {metrics['accuracy']:.0%} of the questions are answered"
            " rightly."
        ),
        plot=learning_course(SNAPSHOTS, result.course, SNAPSHOTS[result.controls.trained]),
        height=240,
        half=True,
    )
