"""Probabilities, what one logit does to all of them, and the sum where one of two forms overflows."""

import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.softmax.run import FORMATS, FORMS, SoftmaxResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted
from models.layers.softmax import softmax_jacobian
from visualizers.curve import curves, mark_x
from visualizers.distribution import bars
from visualizers.matrix import heatmap
from visualizers.theme import SERIES


def figures(result: SoftmaxResult, metrics: Measurements) -> Figures:
    names = [number(value) for value in result.logits.tolist()]
    return {
        "probabilities": _probabilities(result, metrics, names),
        "jacobian": _jacobian(result, metrics, names),
        "overflow": _overflow(result, metrics),
    }


def shifted(logits: Tensor, shift: float) -> Tensor:
    return logits + shift


def _probabilities(result: SoftmaxResult, metrics: Measurements, names: list[str]) -> Figure:
    p, c = result.probabilities, result.controls
    raised = Computed(shifted(result.logits, c.shift), shifted, {"logits": result.logits, "shift": c.shift})
    if p.isfinite().all() and p.sum() > 0.5:
        top = int(p.argmax())
        largest, total = number(p[top].item()), number(p.sum().item())
        text = f"The logit {names[top]} gets the largest probability, {largest}. The sum is {total}."
    else:
        text = f"The {c.form} form has overflowed in {c.number_format}: these are no probabilities."
    return Figure(
        title="Probability of each choice",
        caption="Each bar is one choice, with its logit below. The bars sum to 1.",
        text=text,
        plot=bars(p.numpy(), labels=names, x_title="logit", y_range=(0, 1.12)),
        height=260,
        half=True,
        sources=[Plotted(Computed(p, FORMS[c.form], {"z": raised}))] if c.number_format == "float32" else (),
    )


def _jacobian(result: SoftmaxResult, metrics: Measurements, names: list[str]) -> Figure:
    form = FORMS[result.controls.form]
    p = Computed(form(result.logits), form, {"z": result.logits})
    formula = Computed(result.formula, softmax_jacobian, {"p": p})
    own, other = metrics["strongest_effect_on_itself"], metrics["strongest_effect_on_another"]
    return Figure(
        title="What one logit does to every probability",
        caption="Columns: the logit that is raised. Rows: the probability that changes. Only the diagonal rises.",
        text=(
            f"Per unit, a logit raises its own probability by up to {number(own)} and moves another by up to"
            f" {number(other)}."
        ),
        plot=heatmap(
            result.jacobian.numpy(),
            rows=names,
            columns=names,
            row_title="probability of",
            column_title="logit raised",
            signed=True,
        ),
        height=260,
        half=True,
        sources=[Plotted(formula)] if result.controls.form != "squares" else (),
    )


def _overflow(result: SoftmaxResult, metrics: Measurements) -> Figure:
    limit = metrics["largest_shift_of_the_naive_form"]
    largest = torch.finfo(FORMATS[result.controls.number_format]).max
    drawn = curves(
        result.shifts.numpy(),
        {name: total.numpy() for name, total in result.sums.items()},
        x_title="number added to every logit",
        y_range=(0, 1.35),
        colours={"stable": SERIES[0], "naive": SERIES[1]},
    )
    drawn.layout.annotations[1].yshift = 14  # both lines lie on 1: the word must not
    return Figure(
        title="Sum of the probabilities, computed in two ways",
        caption=(
            "{c1|Stable} subtracts the largest logit first. {c2|Naive} does not: past its limit it divides by infinity,"
            " then infinity by infinity."
        ),
        text=(
            f"The naive form works up to a shift of {limit:.2f}, where the sum of the powers of e passes {largest:.3g},"
            " the largest number of the format. The stable form gives 1 everywhere."
        ),
        plot=mark_x(drawn, result.controls.shift, "your shift"),
        height=200,
    )
