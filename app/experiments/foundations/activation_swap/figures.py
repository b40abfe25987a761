"""The two curves over the inputs of the trained network, and what each near function changes in its answers."""

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.activation_forms import Phi
from app.experiments.foundations.activation_inputs import of_curve, over_training
from app.experiments.foundations.activation_swap.replacements import NEAR
from app.experiments.foundations.activation_swap.run import SwapResult
from app.number_format import small
from visualizers.outcomes import outcomes
from visualizers.theme import ACCENT, INK_3

GAP, CHANGE, PREDICTIONS = (
    "largest gap between the curves", "mean change of a logit", "predictions changed, of 297",
)  # fmt: skip


def figures(result: SwapResult, metrics: Measurements) -> Figures:
    return {"curves": _curves(result, metrics), "effects": _effects(result, metrics)}


def name_of_given(result: SwapResult) -> str:
    c = result.controls
    named = c.given if c.given != "SiLU" or c.beta == 1 else f"SiLU, β = {c.beta:g}"
    return named if c.side == "everywhere" else f"{named}, {c.side}"


def _curves(result: SwapResult, metrics: Measurements) -> Figure:
    own, given = result.own, result.given.function
    trained, other = result.controls.trained, name_of_given(result)
    name = trained if own == NEAR[trained] else f"{trained}, β = {own.number:.2f}"
    if other == name:
        other = f"{name} again"
    sources = [of_curve(own, name)] + ([of_curve(given, other)] if isinstance(given, Phi) else [])
    return Figure(
        title="Two curves, and the inputs of the trained network below them",
        caption=(
            f"{{trace:{name}|{name}}} trained the network; {{trace:{other}|{other}}} is given to it afterwards. Bars:"
            " how often each z occurs, for held-out digits and all hidden layers. A gap between the curves matters"
            " where the bars are high."
        ),
        text=(
            f"The two curves differ by at most {small(metrics['largest_gap'])}. After the swap a logit changes by"
            f" {small(metrics['mean_logit_change'])} on average, and {metrics['predictions_changed']:.0f} of 297"
            f" predictions change. {metrics['inputs_below_zero_share']:.0%} of the inputs lie below zero."
        ),
        plot=over_training(result.progress, {name: own, other: given}, own),
        height=400,
        steps="training",
        start=len(result.progress.shown) - 1,
        sources=sources,
    )


def _effects(result: SwapResult, metrics: Measurements) -> Figure:
    swaps = result.compared
    if (own := name_of_given(result)) not in swaps:
        swaps = swaps | {own: result.given}
    rows = {
        GAP: [swap.largest_gap for swap in swaps.values()],
        CHANGE: [swap.mean_change for swap in swaps.values()],
        PREDICTIONS: [swap.predictions_changed * len(swap.logits) for swap in swaps.values()],
    }
    least, most = (pick(swaps, key=lambda name: swaps[name].mean_change) for pick in (min, max))
    widest = max(swaps, key=lambda name: swaps[name].largest_gap)
    return Figure(
        title=f"What each function changes in the network trained with {result.controls.trained}",
        caption=(
            "Above: how far each curve is from the one trained with. Below: what this changes in the network’s logits"
            " (its scores) and predictions. {accent|Your choice} is strong."
        ),
        text=(
            f"Of the functions compared, “{least}” changes the logits least and “{most}” most. The curve that"
            f" departs furthest is {'also ' if widest == most else ''}that of “{widest}”."
        ),
        plot=outcomes(rows, list(swaps), colours=[ACCENT if name == own else INK_3 for name in swaps], room=150),
        height=84 + 3 * 19 * len(swaps),
    )
