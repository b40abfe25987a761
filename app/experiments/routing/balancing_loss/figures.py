"""The three figures of the balancing loss: who gets what, how loads went, and every coefficient side by side."""

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.routing.balancing_loss.run import BalancingLossResult
from app.experiments.routing.live_routing_figures import drawn_of, who_gets_what
from app.provenance.origin import Drawn, computed
from models.routing.balance import switch_loss, utilisation_entropy
from models.routing.specialisation import class_information, load_of_joint
from visualizers.loads import shares_over_time
from visualizers.outcomes import over_settings


def figures(result: BalancingLossResult, numbers: Measurements) -> Figures:
    return with_sources(
        {
            "histogram": _histogram(result, numbers),
            "loads": _loads(result, numbers),
            "coefficients": _coefficients(result, numbers),
        },
        origins(result),
    )


def runs(result: BalancingLossResult) -> dict[str, int]:
    """The two that are compared, by name."""
    return {"no balancing": 0, f"α = {result.controls.coefficient:g}": result.mine}


def _histogram(result: BalancingLossResult, numbers: Measurements) -> Figure:
    return who_gets_what(
        result.progress,
        runs(result),
        f"With α = {result.controls.coefficient:g} the busiest expert gets {numbers['busiest_load_over_even']:.2f}"
        f" times its even share and {numbers['starved_experts']:g} of 8 starve; without the loss"
        f" {numbers['starved_experts_unbalanced']:g} do. On this histogram Switch’s E Σ f P is"
        f" {numbers['switch_loss']:.3f} and Shazeer’s CV² is {numbers['shazeer_squared_variation']:.3f}.",
    )


def _loads(result: BalancingLossResult, numbers: Measurements) -> Figure:
    steps, loads = result.progress.smoothed()
    return Figure(
        title="Load of each expert while training",
        caption=(
            "One line an expert, mean of ten batches. Lines that sink to the floor belong to experts that no longer"
            " learn."
        ),
        text=(
            f"After {len(result.progress.loads)} steps utilisation entropy is {numbers['utilisation_entropy']:.3f} with"
            f" α = {result.controls.coefficient:g} and {numbers['utilisation_entropy_unbalanced']:.3f} without the"
            " loss; 1 is even, 0 a single expert."
        ),
        plot=shares_over_time(
            {name: loads[:, run].numpy() for name, run in runs(result).items()},
            steps.numpy(),
            last=result.controls.steps,
            x_title="step",
        ),
        height=240,
    )


def _coefficients(result: BalancingLossResult, numbers: Measurements) -> Figure:
    look = result.progress.newest
    return Figure(
        title="What the coefficient buys, and at what price",
        caption="One run a coefficient, all from the same weights on the same tokens, {accent|yours} marked.",
        text=(
            f"With α = {result.controls.coefficient:g} the expert tells {numbers['class_information']:.0%} of a token’s"
            f" class, without the loss {numbers['class_information_unbalanced']:.0%};"
            f" {numbers['unexplained_share']:.1%} and {numbers['unexplained_share_unbalanced']:.1%} of the targets’"
            " variance stay unexplained."
        ),
        plot=over_settings(
            {
                "utilisation entropy: 1 is even": utilisation_entropy(look.load).numpy(),
                "the loss before its coefficient, E Σ f P: 1 is even": switch_loss(look.load, look.probability).numpy(),
                "what the expert tells of the class: 1 is all": class_information(look.joint).numpy(),
                "variance of the targets left unexplained, %": (100 * look.task_loss / result.target_variance).numpy(),
            },
            [f"{alpha:g}" for alpha in result.coefficients],
            picked=result.mine,
            marks={"Switch’s 0.01": result.coefficients.index(0.01)},
            x_title="coefficient α",
        ),
        height=490,
    )


def origins(result: BalancingLossResult) -> list[Drawn]:
    look = result.progress.newest
    load = computed(load_of_joint, joint=look.joint)
    return [
        Drawn("coefficients", computed(switch_loss, load=load, probability=look.probability), trace=1),
        Drawn("coefficients", computed(utilisation_entropy, load=load)),
        Drawn("coefficients", computed(class_information, joint=look.joint), trace=2),
        *drawn_of(result.progress, runs(result)),
    ]
