"""Small mixtures of experts trained live under several coefficients of the balancing loss, on the same tokens."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import Field

from app.experiments.base import MORE, Controls, Experiment, Figure, Figures, Measurements
from app.experiments.routing.live import Progress, watched
from models.data.planted_classes import plant
from models.routing.balance import squared_variation, switch_loss, utilisation_entropy
from models.routing.live_training import LiveTraining, Rule, class_information
from visualizers.loads import histograms, over_settings, shares_over_time

COEFFICIENTS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1)


class BalancingLossControls(Controls):
    coefficient: float = Field(0.01, ge=0, le=0.1, multiple_of=0.001, title="Coefficient α", description="Of the balancing loss, added to the task loss")
    common: float = Field(1.4, ge=0, le=2, multiple_of=0.1, title="Common part of all tokens", description="Its size against that of a class", json_schema_extra=MORE)
    steps: int = Field(600, ge=100, le=1200, multiple_of=20, title="Training steps", json_schema_extra=MORE)


class BalancingLossResult(NamedTuple):
    controls: BalancingLossControls
    coefficients: list[float]  # one a run
    progress: Progress
    target_variance: float
    parameters: int  # of one run

    @property
    def mine(self) -> int:
        return self.coefficients.index(self.controls.coefficient)


def run(controls: BalancingLossControls, device: str) -> Iterator[BalancingLossResult]:
    coefficients = sorted({*COEFFICIENTS, controls.coefficient})
    rules = [Rule(coefficient=alpha) for alpha in coefficients]
    planted = plant(controls.seed, common=controls.common)
    training = LiveTraining(planted, rules, controls.seed, steps=controls.steps, device=device)
    for progress in watched(training, controls.steps):
        yield BalancingLossResult(controls, coefficients, progress, training.target_variance, training.parameters)


def measure(result: BalancingLossResult) -> Measurements:
    look, mine = result.progress.look, result.mine
    load = look.load[mine]
    E = len(load)
    return {
        "utilisation_entropy": utilisation_entropy(load).item(),
        "utilisation_entropy_unbalanced": utilisation_entropy(look.load[0]).item(),
        "starved_experts": int((load < 0.25 / E).sum()),
        "starved_experts_unbalanced": int((look.load[0] < 0.25 / E).sum()),
        "busiest_load_over_even": (load.max() * E).item(),
        "busiest_load_over_even_unbalanced": (look.load[0].max() * E).item(),
        "class_information": class_information(look.joint)[mine].item(),
        "class_information_unbalanced": class_information(look.joint)[0].item(),
        "unexplained_share": look.task_loss[mine].item() / result.target_variance,
        "unexplained_share_unbalanced": look.task_loss[0].item() / result.target_variance,
        "switch_loss": switch_loss(load, look.probability[mine]).item(),
        "shazeer_squared_variation": squared_variation(look.importance[mine]).item(),
    }


def draw(result: BalancingLossResult) -> Figures:
    numbers, progress, mine = measure(result), result.progress, result.mine
    look, (S, _, E) = progress.look, progress.loads.shape
    yours = f"α = {result.controls.coefficient:g}"
    runs = {"no balancing": 0, yours: mine}
    steps, loads = progress.smoothed()
    losses = look.task_loss / result.target_variance
    return {
        "histogram": Figure(
            title="Which tokens each expert gets",
            caption=(
                "Share of unseen tokens sent to each expert, one colour a planted class; ◇ the router’s mean probability P, dashed"
                f" an even load. Left nothing balances, right {yours}. When the training is over, step back through it."
            ),
            text=(
                f"With {yours} the busiest expert gets {numbers['busiest_load_over_even']:.2f} times its even share and"
                f" {numbers['starved_experts']:g} of {E} starve; without the loss {numbers['starved_experts_unbalanced']:g} do. On this histogram"
                f" Switch’s E Σ f P is {numbers['switch_loss']:.3f} and Shazeer’s CV² is {numbers['shazeer_squared_variation']:.3f}."
            ),
            plot=histograms(
                {name: progress.joint(index) for name, index in runs.items()},
                marks={name: progress.probability(index) for name, index in runs.items()},
                mark_label="mean probability",
                moments=progress.moments,
            ),
            height=280,
            steps="step",
            start=len(progress.moments) - 1,
        ),
        "loads": Figure(
            title="Load of each expert while training",
            caption="One line an expert, mean of ten batches. Lines that sink to the floor belong to experts that no longer learn.",
            text=(
                f"After {S} steps utilisation entropy is {numbers['utilisation_entropy']:.3f} with {yours} and"
                f" {numbers['utilisation_entropy_unbalanced']:.3f} without the loss; 1 is even, 0 a single expert."
            ),
            plot=shares_over_time(
                {name: loads[:, index].numpy() for name, index in runs.items()}, steps.numpy(), last=result.controls.steps, x_title="step"
            ),
            height=240,
        ),
        "coefficients": Figure(
            title="What the coefficient buys, and at what price",
            caption="One run a coefficient, all from the same weights on the same tokens, {accent|yours} marked.",
            text=(
                f"With {yours} the expert tells {numbers['class_information']:.0%} of a token’s class, without the loss"
                f" {numbers['class_information_unbalanced']:.0%}; {numbers['unexplained_share']:.1%} and"
                f" {numbers['unexplained_share_unbalanced']:.1%} of the targets’ variance stay unexplained."
            ),
            plot=over_settings(
                {
                    "utilisation entropy: 1 is even": utilisation_entropy(look.load).numpy(),
                    "what the expert tells of the class: 1 is all": class_information(look.joint).numpy(),
                    "variance of the targets left unexplained, %": 100 * losses.numpy(),
                },
                [f"{alpha:g}" for alpha in result.coefficients],
                picked=mine,
                marks={"Switch’s 0.01": result.coefficients.index(0.01)},
                x_title="coefficient α",
            ),
            height=400,
        ),
    }


EXPERIMENT = Experiment("balancing-loss", BalancingLossControls, run, measure, draw, parameters=lambda result: result.parameters)
