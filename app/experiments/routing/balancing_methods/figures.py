"""The three figures of three ways to balance: who gets what, how uneven loads were, and what each was paid with."""

from functools import partial

from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.balancing_methods.run import BalancingMethodsResult
from app.experiments.routing.live_routing_figures import who_gets_what
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.routing.balance import variation
from visualizers.curve import curves
from visualizers.outcomes import outcomes
from visualizers.theme import SERIES

COLOURS = {"nothing": SERIES[1], "loss": SERIES[0], "bias": SERIES[2]}


def figures(result: BalancingMethodsResult, metrics: Measurements) -> Figures:
    return {
        "histogram": _histogram(result, metrics),
        "variation": _variation(result, metrics),
        "outcomes": _outcomes(metrics),
    }


def _histogram(result: BalancingMethodsResult, metrics: Measurements) -> Figure:
    c = result.controls
    said = {"nothing": "nothing", "loss": f"loss, α = {c.coefficient:g}", "bias": f"bias, u = {number(c.bias_speed)}"}
    busiest = [f"{metrics[f'busiest_load_over_uniform_with_{method}']:.2f}" for method in said]
    return who_gets_what(
        result.progress,
        {name: run for run, name in enumerate(said.values())},
        f"Without balancing the busiest expert gets {busiest[0]} times a uniform share. The loss changes that to"
        f" {busiest[1]} times, the bias to {busiest[2]} times.",
    )


def _variation(result: BalancingMethodsResult, metrics: Measurements) -> Figure:
    steps, loads = result.progress.smoothed()
    uneven = computed(variation, amounts=loads)  # (S', R)
    least = min(COLOURS, key=lambda method: metrics[f"load_variation_with_{method}"])
    lowest = "no balancing" if least == "nothing" else f"the {least}"
    return Figure(
        title="Coefficient of variation of the load",
        caption="Deviation over mean of the eight loads, over ten batches. 0: uniform; 2.65: one expert gets all.",
        text=(
            f"After {len(result.progress.loads)} steps {lowest} leaves the load most uniform, at a coefficient of"
            f" {metrics[f'load_variation_with_{least}']:.2f}. Without balancing it is"
            f" {metrics['load_variation_with_nothing']:.2f}."
        ),
        plot=curves(
            steps.numpy(),
            {method: uneven.tensor[:, run].numpy() for run, method in enumerate(COLOURS)},
            x_title="step",
            y_range=(0, 2.8),
            room=60,
            colours=COLOURS,
        ),
        height=270,
        half=True,
        sources=[Plotted(uneven, partial(_of_run, run), trace=method) for run, method in enumerate(COLOURS)],
    )


def _outcomes(metrics: Measurements) -> Figure:
    def percent(metric: str) -> list[float]:
        return [100 * metrics[f"{metric}_with_{method}_share"] for method in COLOURS]

    unexplained = percent("unexplained")
    return Figure(
        title="Cost of each",
        caption="{c2|Nothing}, {c1|loss}, {c3|bias}. The bias adds no gradient; it only changes the choice.",
        text=(
            f"The loss leaves {unexplained[1]:.1f} % of the variance unexplained, the bias {unexplained[2]:.1f} %, no"
            f" balancing {unexplained[0]:.1f} %. The loss takes"
            f" {metrics['gradient_for_balance_with_loss_share']:.0%} of the router’s gradient, the bias none."
        ),
        plot=outcomes(
            {
                "variance unexplained, %": unexplained,
                "class known from the expert, %": percent("class_information"),
                "gradient for balance, %": percent("gradient_for_balance"),
            },
            list(COLOURS),
            colours=list(COLOURS.values()),
        ),
        height=270,
        half=True,
    )


def _of_run(run: int, uneven: Tensor) -> Tensor:
    return uneven[:, run]
