"""The three figures of three ways to balance: who gets what, how uneven loads were, and what each was paid with."""

from functools import partial

from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.routing.balancing_methods.run import METHODS, BalancingMethodsResult
from app.experiments.routing.live_routing_figures import who_gets_what
from app.provenance.origin import Drawn, computed
from models.routing.balance import variation
from visualizers.curve import curves
from visualizers.outcomes import outcomes
from visualizers.theme import SERIES

COLOURS = {"nothing": SERIES[1], "loss": SERIES[0], "bias": SERIES[2]}


def figures(result: BalancingMethodsResult, numbers: Measurements) -> Figures:
    return with_sources(
        {
            "histogram": _histogram(result, numbers),
            "variation": _variation(result, numbers),
            "outcomes": _outcomes(numbers),
        },
        origins(result),
    )


def _histogram(result: BalancingMethodsResult, numbers: Measurements) -> Figure:
    controls = result.controls
    said = {
        "nothing": "nothing",
        "loss": f"loss, α = {controls.coefficient:g}",
        "bias": f"bias, u = {controls.bias_speed:g}",
    }
    busiest = [
        f"{numbers[f'busiest_load_over_even_with_{method}']:.2f} times its share with {name}"
        for method, name in said.items()
    ]
    return who_gets_what(
        result.progress,
        {name: run for run, name in enumerate(said.values())},
        f"The busiest expert gets {busiest[0]}, {busiest[1]} and {busiest[2]}.",
    )


def _variation(result: BalancingMethodsResult, numbers: Measurements) -> Figure:
    steps, loads = result.progress.smoothed()
    uneven = variation(loads)
    return Figure(
        title="Coefficient of variation of the load",
        caption="Deviation over mean of the eight loads, batches in tens; 0 is even, 2.65 is one expert for all.",
        text=(
            f"After {len(result.progress.loads)} steps it is {numbers['load_variation_with_nothing']:.2f} with nothing,"
            f" {numbers['load_variation_with_loss']:.2f} with the loss and"
            f" {numbers['load_variation_with_bias']:.2f} with the bias."
        ),
        plot=curves(
            steps.numpy(),
            {method: uneven[:, run].numpy() for run, method in enumerate(COLOURS)},
            x_title="step",
            y_range=(0, 2.8),
            room=60,
            colours=COLOURS,
        ),
        height=270,
        half=True,
    )


def _outcomes(numbers: Measurements) -> Figure:
    def percent(metric: str) -> list[float]:
        return [100 * numbers[f"{metric}_with_{method}"] for method in COLOURS]

    unexplained = percent("unexplained_share")
    return Figure(
        title="What each is paid with",
        caption="{c2|Nothing}, {c1|loss}, {c3|bias}. The bias adds no gradient: it only moves the choice.",
        text=(
            f"Balance makes up {numbers['balance_share_of_gradient_with_loss']:.0%} of the router’s gradient with the"
            f" loss and {numbers['balance_share_of_gradient_with_bias']:.0%} with the bias, whose largest entry is"
            f" {numbers['largest_bias']:.2f}. {unexplained[0]:.1f} %, {unexplained[1]:.1f} % and {unexplained[2]:.1f} %"
            " of the targets’ variance stay unexplained."
        ),
        plot=outcomes(
            {
                "variance left unexplained, %": unexplained,
                "what the expert tells of the class, %": percent("class_information"),
                "gradient that serves balance, %": percent("balance_share_of_gradient"),
            },
            list(COLOURS),
            colours=list(COLOURS.values()),
        ),
        height=270,
        half=True,
    )


def origins(result: BalancingMethodsResult) -> list[Drawn]:
    uneven = computed(variation, amounts=result.progress.smoothed()[1])  # (S', R)
    return [Drawn("variation", uneven, partial(_of_run, run), trace=run) for run in range(len(METHODS))]


def _of_run(run: int, uneven: Tensor) -> Tensor:
    return uneven[:, run]
