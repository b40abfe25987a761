"""Three small mixtures of experts trained live side by side: not balanced, balanced by a loss, balanced by a bias."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import Field
from torch import Tensor

from app.experiments.base import Measurements
from app.experiments.routing.live_routing import LiveControls, Progress, training_of, watched
from models.routing.balance import variation
from models.routing.live_training import Rule
from models.routing.specialisation import class_information

METHODS = ("nothing", "loss", "bias")


class BalancingMethodsControls(LiveControls):
    coefficient: float = Field(0.01, ge=0, le=0.1, multiple_of=0.001, title="Coefficient α")
    bias_speed: float = Field(
        0.005,
        ge=-0.05,
        le=0.05,
        multiple_of=0.001,
        title="Bias speed u",
        description="Per step; below 0 it moves the wrong way",
    )


class BalancingMethodsResult(NamedTuple):
    controls: BalancingMethodsControls
    progress: Progress
    bias: Tensor  # (E,) of the third run
    balance_gradient: Tensor  # (R,) share of the router's gradient that serves balance, not the task
    target_variance: float
    parameters: int


def run(controls: BalancingMethodsControls, device: str) -> Iterator[BalancingMethodsResult]:
    rules = [Rule(), Rule(coefficient=controls.coefficient), Rule(bias_speed=controls.bias_speed)]
    training = training_of(controls, rules, device)
    for progress in watched(training, controls.steps):
        gradient = training.balance_gradient()
        yield BalancingMethodsResult(
            controls, progress, training.bias[2].clone(), gradient, training.target_variance, training.parameters
        )


def measure(result: BalancingMethodsResult) -> Measurements:
    look = result.progress.newest
    spread, information = variation(look.load), class_information(look.joint)
    unexplained = look.task_loss / result.target_variance
    metrics: dict[str, float] = {}
    for index, method in enumerate(METHODS):
        metrics |= {
            f"load_variation_with_{method}": spread[index].item(),
            f"busiest_load_over_uniform_with_{method}": (look.load[index].max() * look.load.shape[1]).item(),
            f"class_information_with_{method}_share": information[index].item(),
            f"unexplained_with_{method}_share": unexplained[index].item(),
            f"gradient_for_balance_with_{method}_share": result.balance_gradient[index].item(),
        }
    return metrics | {
        "load_variation_loss_over_nothing": (spread[1] / spread[0]).item(),
        "largest_bias": result.bias.abs().max().item(),
        "unexplained_bias_over_loss": (unexplained[2] / unexplained[1]).item(),
    }
