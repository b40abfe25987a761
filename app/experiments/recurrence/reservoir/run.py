"""A reservoir and two fits on delayed inputs predict the Lorenz system, each from its own predictions."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from models.data.chaotic_series import INTERVAL, LYAPUNOV_EXPONENT, lorenz
from models.recurrence.delayed_inputs import DelayedInputs
from models.recurrence.echo_state import EchoStateNetwork, largest_singular_value
from models.seeding import generator

WASHOUT, TRAINED, AHEAD = 100, 2000, 500
STARTS = 16
SPACING = 60  # samples between two starts
DELAYS, PRODUCT_DELAYS = 66, 2  # of three numbers each: about as many numbers as the reservoir has units
RIDGE, INPUT_SCALE = 1e-5, 0.3
TOO_FAR = 0.4
"""A prediction is valid until its error passes this share of the series' root mean square."""

UNITS = {"tanh": torch.tanh, "linear": lambda a: a}


class ReservoirControls(Controls):
    radius: float = Field(
        0.9, ge=0, le=2, multiple_of=0.1, title="Spectral radius ρ", description="Of the recurrent weights"
    )
    leak: float = Field(
        1.0, ge=0.1, le=1, multiple_of=0.1, title="Leak rate α", description="Share of the state renewed per step"
    )
    units: int = Field(200, ge=20, le=300, multiple_of=20, title="Units")
    bias: float = Field(0.5, ge=0, le=2, multiple_of=0.25, title="Bias", description="Weights of the constant input")
    activation: Literal["tanh", "linear"] = Field("tanh", title="Units are")
    draw: int = Field(0, ge=0, le=9, title="Random matrix", description="Another one of the same spectral radius")
    start: int = Field(0, ge=0, le=STARTS - 1, title="Start shown", json_schema_extra=MORE)


class ReservoirResult(NamedTuple):
    controls: ReservoirControls
    truth: Tensor  # (AHEAD, STARTS, 3)
    predicted: Tensor  # (AHEAD, STARTS, 3) by the reservoir
    read_from: Tensor  # (AHEAD, STARTS, N) states of the reservoir behind each prediction
    before: Tensor  # (STARTS, 3) last true input
    delayed: Tensor  # (AHEAD, STARTS, 3) by the linear fit on delayed inputs
    products: Tensor  # (AHEAD, STARTS, 3) with products of delayed inputs
    driven: Tensor  # (T, N) the first states along the truth
    inputs: Tensor  # (T, 3) at those states
    one_step_error: Tensor  # (3,) root mean square over held-out samples, in standard deviations
    network: EchoStateNetwork
    singular_value: float
    parameters: int


class Series(NamedTuple):
    """The curve, and what both fits on delayed inputs predict: the same for every reservoir."""

    u: Tensor  # (T, 3)
    starts: Tensor  # (STARTS,) index of the last true input
    truth: Tensor  # (AHEAD, STARTS, 3)
    delayed: Tensor
    products: Tensor


@memo
@torch.inference_mode()
def series(seed: int) -> Series:
    first = WASHOUT + TRAINED + SPACING
    u = lorenz(first + STARTS * SPACING + AHEAD + 1, generator(seed))
    starts = first + SPACING * torch.arange(STARTS)
    fits = []
    for delays, products in ((DELAYS, False), (PRODUCT_DELAYS, True)):
        past = slice(WASHOUT - delays + 1, WASHOUT + TRAINED)
        fit = DelayedInputs(delays, products, u[past], u[past.start + 1 : past.stop + 1], RIDGE)
        recent = torch.stack([u[start - delays + 1 : start + 1] for start in starts.tolist()])
        fits.append(fit.continued(recent, AHEAD))
    truth = torch.stack([u[start + 1 : start + 1 + AHEAD] for start in starts.tolist()], dim=1)
    return Series(u, starts, truth, *fits)


@torch.inference_mode()
def run(controls: ReservoirControls, device: str) -> ReservoirResult:
    c, told = controls, series(controls.seed)
    network = EchoStateNetwork(
        c.units, 3, c.radius, c.leak, c.bias, INPUT_SCALE, 10 * c.seed + c.draw, UNITS[c.activation]
    )
    u = told.u[: int(told.starts[-1]) + 1]
    _, states = network(u)
    fitted, held_out = slice(WASHOUT, WASHOUT + TRAINED), slice(WASHOUT + TRAINED, len(u) - 1)
    network.fit(u[fitted], told.u[WASHOUT + 1 : WASHOUT + TRAINED + 1], states[fitted], RIDGE)
    predicted, read_from = network.continued(u[told.starts], states[told.starts], AHEAD)
    once = torch.cat([torch.ones_like(u[:, :1]), u, states], dim=1)[held_out] @ network.w_out.T
    return ReservoirResult(
        controls,
        told.truth,
        predicted,
        read_from,
        u[told.starts],
        told.delayed,
        told.products,
        states[: WASHOUT + 1],
        u[: WASHOUT + 1],
        (once - u[held_out.start + 1 : held_out.stop + 1]).square().mean(dim=0).sqrt(),
        network,
        largest_singular_value(network.w).item(),
        network.w_out.numel(),
    )


def valid_times(predicted: Tensor, truth: Tensor) -> Tensor:
    """How long each prediction (T, STARTS, 3) stays close to the truth, in Lyapunov times: (STARTS,)."""
    error = (predicted - truth).norm(dim=-1) / truth.square().sum(dim=-1).mean().sqrt()  # (T, STARTS)
    lost = ~(error < TOO_FAR)
    steps = torch.where(lost.any(dim=0), lost.float().argmax(dim=0), len(error))
    return steps * INTERVAL * LYAPUNOV_EXPONENT


def measure(result: ReservoirResult) -> Measurements:
    times = {
        name: valid_times(lines, result.truth)
        for name, lines in (
            ("network", result.predicted), ("delayed", result.delayed), ("products", result.products)
        )
    }  # fmt: skip
    medians = {name: found.quantile(0.5).item() for name, found in times.items()}
    return {
        "valid_time_lyapunov_times": medians["network"],
        "shortest_valid_time_lyapunov_times": times["network"].min().item(),
        "longest_valid_time_lyapunov_times": times["network"].max().item(),
        "shown_valid_time_lyapunov_times": times["network"][result.controls.start].item(),
        "delayed_inputs_valid_time_lyapunov_times": medians["delayed"],
        "products_valid_time_lyapunov_times": medians["products"],
        "valid_time_over_delayed_inputs": medians["network"] / max(medians["delayed"], INTERVAL * LYAPUNOV_EXPONENT),
        "valid_time_over_products": medians["network"] / max(medians["products"], INTERVAL * LYAPUNOV_EXPONENT),
        "one_step_error_deviations": result.one_step_error.square().mean().sqrt().item(),
        "largest_singular_value": result.singular_value,
        "readout_weights": result.network.w_out.numel(),
        "fixed_weights": result.network.w.count_nonzero().item() + result.network.w_in.count_nonzero().item(),
    }
