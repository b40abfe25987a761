"""Three small mixtures of experts trained live side by side: not balanced, balanced by a loss, balanced by a bias."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Experiment, Figure, Figures, Measurements
from app.experiments.routing.live import Progress, watched
from models.data.planted_classes import plant
from models.routing.balance import squared_variation
from models.routing.live_training import LiveTraining, Rule, class_information
from visualizers.curve import curves
from visualizers.loads import histograms, outcomes
from visualizers.theme import SERIES

METHODS = ("nothing", "loss", "bias")


class BalancingMethodsControls(Controls):
    coefficient: float = Field(0.01, ge=0, le=0.1, multiple_of=0.001, title="Coefficient of the loss")
    bias_speed: float = Field(0.005, ge=0, le=0.05, multiple_of=0.001, title="Speed of the bias", description="How far a bias moves in one step")
    common: float = Field(1.4, ge=0, le=2, multiple_of=0.1, title="Common part of all tokens", description="Its size against that of a class", json_schema_extra=MORE)
    steps: int = Field(600, ge=100, le=1200, multiple_of=20, title="Training steps", json_schema_extra=MORE)


class BalancingMethodsResult(NamedTuple):
    controls: BalancingMethodsControls
    progress: Progress
    bias: Tensor  # (E,) of the third run
    balance_gradient: Tensor  # (R,) share of the router's gradient that serves balance, not the task
    target_variance: float
    parameters: int


def run(controls: BalancingMethodsControls, device: str) -> Iterator[BalancingMethodsResult]:
    rules = [Rule(), Rule(coefficient=controls.coefficient), Rule(bias_speed=controls.bias_speed)]
    planted = plant(controls.seed, common=controls.common)
    training = LiveTraining(planted, rules, controls.seed, steps=controls.steps, device=device)
    for progress in watched(training, controls.steps):
        gradient = training.balance_gradient()
        yield BalancingMethodsResult(
            controls, progress, training.bias[2].clone(), gradient, training.target_variance, training.parameters
        )


def variation(load: Tensor) -> Tensor:
    """The coefficient of variation, deviation over mean: (..., E) → (...)"""
    return squared_variation(load).sqrt()


def measure(result: BalancingMethodsResult) -> Measurements:
    look = result.progress.look
    spread, information = variation(look.load), class_information(look.joint)
    unexplained = look.task_loss / result.target_variance
    metrics = {}
    for index, method in enumerate(METHODS):
        metrics |= {
            f"load_variation_with_{method}": spread[index].item(),
            f"busiest_load_over_even_with_{method}": (look.load[index].max() * look.load.shape[1]).item(),
            f"class_information_with_{method}": information[index].item(),
            f"unexplained_share_with_{method}": unexplained[index].item(),
            f"balance_share_of_gradient_with_{method}": result.balance_gradient[index].item(),
        }
    return metrics | {"largest_bias": result.bias.abs().max().item()}


def draw(result: BalancingMethodsResult) -> Figures:
    numbers, progress, controls = measure(result), result.progress, result.controls
    named = {"nothing": "nothing", "loss": f"loss, α = {controls.coefficient:g}", "bias": f"bias, u = {controls.bias_speed:g}"}
    steps, loads = progress.smoothed()
    lines = {name: variation(loads[:, index]).clamp_min(1e-3).numpy() for index, name in enumerate(METHODS)}
    return {
        "histogram": Figure(
            title="Which tokens each expert gets",
            caption="Share of unseen tokens, one colour a planted class; ◇ the router’s mean probability, dashed an even load. Step back through the training.",
            text=(
                "The busiest expert gets "
                + ", ".join(f"{numbers[f'busiest_load_over_even_with_{method}']:.2f} times its share with {said}" for method, said in named.items())
                + "."
            ),
            plot=histograms(
                {named[method]: progress.joint(index) for index, method in enumerate(METHODS)},
                marks={named[method]: progress.probability(index) for index, method in enumerate(METHODS)},
                mark_label="mean probability",
                moments=progress.moments,
            ),
            height=290,
            steps="step",
            start=len(progress.moments) - 1,
        ),
        "variation": Figure(
            title="Coefficient of variation of the load",
            caption="Deviation over mean of the eight loads, batches in tens; 0 is even, 2.65 is one expert for all.",
            text=(
                f"After {len(progress.loads)} steps it is {numbers['load_variation_with_nothing']:.2f} with nothing,"
                f" {numbers['load_variation_with_loss']:.2f} with the loss, {numbers['load_variation_with_bias']:.2f} with the bias."
            ),
            plot=curves(
                steps.numpy(), lines, x_title="step", y_range=(0, 2.8), room=60, colours=dict(zip(METHODS, (SERIES[1], SERIES[0], SERIES[2])))
            ),
            height=270,
            half=True,
        ),
        "outcomes": Figure(
            title="What each is paid with",
            caption="{c2|Nothing}, {c1|loss}, {c3|bias}. The bias touches no gradient: it only moves the choice.",
            text=(
                f"Balance makes up {numbers['balance_share_of_gradient_with_loss']:.0%} of the router’s gradient with the loss, none with the"
                f" bias, whose largest entry is {numbers['largest_bias']:.2f}. Unexplained:"
                f" {numbers['unexplained_share_with_nothing']:.1%}, {numbers['unexplained_share_with_loss']:.1%} and"
                f" {numbers['unexplained_share_with_bias']:.1%} of the variance."
            ),
            plot=outcomes(
                {
                    "variance left unexplained, %": [100 * numbers[f"unexplained_share_with_{method}"] for method in METHODS],
                    "what the expert tells of the class, %": [100 * numbers[f"class_information_with_{method}"] for method in METHODS],
                    "gradient that serves balance, %": [100 * numbers[f"balance_share_of_gradient_with_{method}"] for method in METHODS],
                },
                list(METHODS),
                colours=(SERIES[1], SERIES[0], SERIES[2]),
            ),
            height=270,
            half=True,
        ),
    }


EXPERIMENT = Experiment("balancing-methods", BalancingMethodsControls, run, measure, draw, parameters=lambda result: result.parameters)
