"""What was predicted beside the truth, how long three predictors last, and some units of the reservoir."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.reservoir.run import DELAYS, PRODUCT_DELAYS, STARTS, WASHOUT, ReservoirResult
from app.provenance.origin import Plotted, computed
from models.data.chaotic_series import INTERVAL, LYAPUNOV_EXPONENT
from models.recurrence.echo_state import readout, reservoir_update
from visualizers.curve import curves, mark_x
from visualizers.matrix import heatmap
from visualizers.outcomes import outcomes
from visualizers.theme import ACCENT, INK_3, SERIES

SHOWN_UNITS, SHOWN_STEPS = 20, 80


def figures(result: ReservoirResult, metrics: Measurements) -> Figures:
    return {
        "prediction": _prediction(result, metrics),
        "valid_times": _valid_times(metrics),
        "states": _states(result, metrics),
    }


def _prediction(result: ReservoirResult, metrics: Measurements) -> Figure:
    start, network = result.controls.start, result.network
    given = torch.cat([result.before[start][None], result.predicted[:-1, start]])
    origin = computed(readout, u=given, x=result.read_from[:, start], w_out=network.w_out)
    times = (1 + np.arange(len(result.truth))) * INTERVAL * LYAPUNOV_EXPONENT
    plot = curves(
        times,
        {
            "truth": result.truth[:, start, 0].numpy(),
            "linear fit": result.delayed[:, start, 0].numpy(),
            "network": result.predicted[:, start, 0].numpy(),
        },
        x_title="time since the last true value, Lyapunov times",
        y_range=(-2.8, 2.8),
        colours={"truth": INK_3, "linear fit": SERIES[1], "network": ACCENT},
        room=70,
    )
    plot.layout.annotations = ()  # where the three lines end says nothing
    valid = metrics["shown_valid_time_lyapunov_times"]
    return Figure(
        title="The Lorenz system, first coordinate: truth and predictions",
        caption=(
            "{ink-3|The truth}, {accent|the network}, and {c2|a linear fit on 66 delayed inputs}. Each prediction"
            " becomes the next input."
        ),
        text=(
            f"From this start the network stays close for {valid:.1f} Lyapunov times. The median of {STARTS} starts is"
            f" {metrics['valid_time_lyapunov_times']:.1f}, that of the linear fit"
            f" {metrics['delayed_inputs_valid_time_lyapunov_times']:.2f}."
        ),
        plot=mark_x(plot, valid, "valid until here"),
        height=280,
        sources=[Plotted(origin, lambda y: y[:, 0], trace="network")],
    )


def _valid_times(metrics: Measurements) -> Figure:
    found = {
        "network": metrics["valid_time_lyapunov_times"],
        "linear": metrics["delayed_inputs_valid_time_lyapunov_times"],
        "products": metrics["products_valid_time_lyapunov_times"],
    }
    return Figure(
        title="How long predictions stay valid",
        caption=(
            f"Median of {STARTS} starts. Linear: a fit on {DELAYS} delayed inputs. Products: {PRODUCT_DELAYS} delayed"
            " inputs and the products of any two of their numbers."
        ),
        text=(
            f"The network lasts for {found['network']:.2f} Lyapunov times, the linear fit for {found['linear']:.2f}. A"
            f" fit on {PRODUCT_DELAYS} delayed inputs and their products lasts for {found['products']:.2f}."
        ),
        plot=outcomes(
            {"Lyapunov times": list(found.values())}, list(found), colours=[ACCENT, SERIES[1], SERIES[2]], room=64
        ),
        height=270,
        half=True,
    )


def _states(result: ReservoirResult, metrics: Measurements) -> Figure:
    network, units = result.network, min(SHOWN_UNITS, len(result.network.w))
    first = WASHOUT - SHOWN_STEPS
    after = computed(
        reservoir_update, x=result.driven[first:-1], u=result.inputs[first + 1 :], w_in=network.w_in, w=network.w,
        alpha=network.alpha, activation=network.activation,
    )  # fmt: skip
    return Figure(
        title=f"States of {units} units of the reservoir",
        caption="Each row is one unit. The same input drives all of them; only the fixed random weights differ.",
        text=(
            f"Units answer the same input in different ways. The reservoir’s {metrics['fixed_weights']:.0f} weights are"
            f" fixed; only the {metrics['readout_weights']:.0f} of the readout are fitted."
        ),
        plot=heatmap(
            after.tensor[:, :units].T.numpy(),
            rows=["" if unit % 5 else str(unit) for unit in range(units)],
            columns=["" if step % 20 else str(step) for step in range(SHOWN_STEPS)],
            row_title="unit",
            column_title="step",
            signed=True,
        ),
        height=270,
        half=True,
        sources=[Plotted(after, lambda x: x[:, :units].T)],
    )
