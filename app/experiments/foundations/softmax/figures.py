"""Probabilities, what one logit does to all of them, and the sum where one of two forms overflows."""

from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.foundations.softmax.run import FORMS, SHIFTS, SoftmaxResult
from app.provenance.origin import Computed, Drawn
from models.layers.softmax import softmax_jacobian
from visualizers.curve import curves, mark_x
from visualizers.distribution import bars
from visualizers.matrix import heatmap
from visualizers.theme import SERIES


def figures(result: SoftmaxResult, measured: Measurements) -> Figures:
    names = [f"{value:g}" for value in result.logits.tolist()]
    p = result.probabilities
    top = int(p.nan_to_num(-1).argmax())
    overflow = curves(
        SHIFTS.numpy(),
        {"stable": result.sums["stable"].numpy(), "naive": result.sums["naive"].numpy()},
        x_title="number added to every logit",
        y_range=(0, 1.35),
        colours={"stable": SERIES[0], "naive": SERIES[1]},
    )
    overflow.layout.annotations[1].yshift = 14  # both lines lie on 1: the word must not
    return with_sources(
        {
            "probabilities": Figure(
                title="Probability of each choice",
                caption="One bar a logit, the logit below it. The bars always add up to 1.",
                text=f"The logit {names[top]} gets the largest probability, {p[top]:.4g}; all add up to {p.sum():.6g}.",
                plot=bars(p.numpy(), labels=names, x_title="logit", y_range=(0, 1.12)),
                height=260,
                half=True,
            ),
            "jacobian": Figure(
                title="What one logit does to every probability",
                caption="Columns: the logit that is raised. Rows: whose probability moves. Only the diagonal gains.",
                text=(
                    f"Raising a logit raises its own probability by up to {result.jacobian.diagonal().max():.3g} per"
                    f" unit and changes any other by at most {measured['largest_cross_derivative']:.3g}."
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
            ),
            "overflow": Figure(
                title="Sum of the probabilities, two ways of computing it",
                caption="{c1|Stable} subtracts the largest logit first. {c2|Naive} does not, and ends at 0/0 or ∞/∞.",
                text=(
                    f"The naive form survives a shift of {measured['largest_shift_the_naive_form_survives']:g};"
                    " the stable form gives 1 everywhere."
                ),
                plot=mark_x(overflow, result.shift, "your shift"),
                height=200,
            ),
        },
        origins(result),
    )


def shifted(logits: Tensor, shift: float) -> Tensor:
    return logits + shift


def origins(result: SoftmaxResult) -> list[Drawn]:
    form, z = FORMS[result.form], result.logits
    raised = Computed(shifted(z, result.shift), shifted, {"logits": z, "shift": result.shift})
    bars_drawn = Drawn("probabilities", Computed(result.probabilities, form, {"z": raised}))
    if result.form == "squares":
        return [bars_drawn]
    p = Computed(form(z), form, {"z": z})
    return [bars_drawn, Drawn("jacobian", Computed(result.formula, softmax_jacobian, {"p": p}))]
