"""Small mixtures of experts trained live under several coefficients of the balancing loss, on the same tokens."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import Field

from app.experiments.base import Measurements
from app.experiments.routing.live_routing import LiveControls, Progress, training_of, watched
from models.routing.balance import squared_variation, switch_loss, utilisation_entropy
from models.routing.live_training import Rule
from models.routing.specialisation import class_information

COEFFICIENTS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1)


class BalancingLossControls(LiveControls):
    coefficient: float = Field(
        0.01,
        ge=0,
        le=0.1,
        multiple_of=0.001,
        title="Coefficient α",
        description="Weight of the balancing loss",
    )


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
    training = training_of(controls, rules, device)
    for progress in watched(training, controls.steps):
        yield BalancingLossResult(controls, coefficients, progress, training.target_variance, training.parameters)


def measure(result: BalancingLossResult) -> Measurements:
    newest, mine = result.progress.newest, result.mine
    load, information = newest.load[mine], class_information(newest.joint)
    unexplained = newest.task_loss / result.target_variance
    E = len(load)
    return {
        "utilisation_entropy": utilisation_entropy(load).item(),
        "utilisation_entropy_unbalanced": utilisation_entropy(newest.load[0]).item(),
        "starved_experts": int((load < 0.25 / E).sum()),
        "starved_experts_unbalanced": int((newest.load[0] < 0.25 / E).sum()),
        "busiest_load_over_uniform": (load.max() * E).item(),
        "busiest_load_over_uniform_unbalanced": (newest.load[0].max() * E).item(),
        "class_information_share": information[mine].item(),
        "class_information_unbalanced_share": information[0].item(),
        "unexplained_share": unexplained[mine].item(),
        "unexplained_share_unbalanced": unexplained[0].item(),
        "switch_loss": switch_loss(load, newest.probability[mine]).item(),
        "shazeer_squared_variation": squared_variation(newest.importance[mine]).item(),
    }
