"""The three figures of the balancing loss: who gets what, how loads went, and every coefficient side by side."""

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.routing.balancing_loss.run import BalancingLossResult
from app.experiments.routing.live_routing_figures import who_gets_what
from app.provenance.origin import Plotted, computed
from models.routing.balance import switch_loss, utilisation_entropy
from models.routing.specialisation import class_information, load_of_joint
from visualizers.loads import shares_over_time
from visualizers.outcomes import over_settings

ENTROPY, LOSS = "utilisation entropy (uniform: 1)", "E Σ f P (uniform: 1)"
INFORMATION, UNEXPLAINED = "class information of the expert (all: 1)", "variance unexplained, %"


def figures(result: BalancingLossResult, metrics: Measurements) -> Figures:
    return {
        "histogram": _histogram(result, metrics),
        "loads": _loads(result, metrics),
        "coefficients": _coefficients(result, metrics),
    }


def runs(result: BalancingLossResult) -> dict[str, int]:
    """The two that are compared, by name."""
    return {"no balancing": 0, f"α = {result.controls.coefficient:g}": result.mine}


def _histogram(result: BalancingLossResult, metrics: Measurements) -> Figure:
    return who_gets_what(
        result.progress,
        runs(result),
        f"With α = {result.controls.coefficient:g} the busiest expert gets"
        f" {metrics['busiest_load_over_uniform']:.2f} times a uniform share; without the loss,"
        f" {metrics['busiest_load_over_uniform_unbalanced']:.2f} times.",
    )


def _loads(result: BalancingLossResult, metrics: Measurements) -> Figure:
    steps, loads = result.progress.smoothed()
    return Figure(
        title="Load of each expert during training",
        caption="One line per expert, mean of ten batches. An expert whose line reaches 0 no longer learns.",
        text=(
            f"After {len(result.progress.loads)} steps the utilisation entropy is {metrics['utilisation_entropy']:.3f}"
            f" with the loss and {metrics['utilisation_entropy_unbalanced']:.3f} without it; 1 is a uniform load."
        ),
        plot=shares_over_time(
            {name: loads[:, run].numpy() for name, run in runs(result).items()},
            steps.numpy(),
            last=result.controls.steps,
            x_title="step",
        ),
        height=240,
    )


def _coefficients(result: BalancingLossResult, metrics: Measurements) -> Figure:
    newest = result.progress.newest
    load = computed(load_of_joint, joint=newest.joint)
    return Figure(
        title="Effect of the coefficient",
        caption="One training per coefficient, from the same weights on the same tokens; {accent|yours} is marked.",
        text=(
            f"With α = {result.controls.coefficient:g}, {metrics['unexplained_share']:.1%} of the targets’ variance"
            f" stays unexplained; without the loss, {metrics['unexplained_share_unbalanced']:.1%}."
        ),
        plot=over_settings(
            {
                ENTROPY: utilisation_entropy(newest.load).numpy(),
                LOSS: switch_loss(newest.load, newest.probability).numpy(),
                INFORMATION: class_information(newest.joint).numpy(),
                UNEXPLAINED: (100 * newest.task_loss / result.target_variance).numpy(),
            },
            [f"{alpha:g}" for alpha in result.coefficients],
            picked=result.mine,
            marks={"Switch’s 0.01": result.coefficients.index(0.01)},
            x_title="coefficient α",
        ),
        height=490,
        sources=[
            Plotted(computed(switch_loss, load=load, probability=newest.probability), trace=LOSS),
            Plotted(computed(utilisation_entropy, load=load), trace=ENTROPY),
            Plotted(computed(class_information, joint=newest.joint), trace=INFORMATION),
        ],
    )
