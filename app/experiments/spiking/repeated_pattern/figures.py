"""What the neuron hears and when it fires, the synapses that it kept, and how both came about."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.spiking.repeated_pattern.run import (
    SHOWN_MS,
    RepeatedPatternResult,
    inside_share,
    mean_latency,
)
from app.provenance.origin import Plotted, computed
from models.data.repeated_pattern import INPUTS, LENGTH, TAKE_PART
from models.spiking.stdp import window
from models.training.repeated_pattern import PART_SECONDS
from visualizers.heard_pattern import heard_pattern, weights_by_time
from visualizers.strips import Strip, strips

GROUND = {
    "repeated": "On the coloured ground, inputs 0 to 259 repeat their pattern.",
    "jittered": "On the coloured ground, inputs 0 to 259 repeat their pattern, each spike moved by up to 20 ms.",
    "on other inputs": "On the coloured ground, inputs 140 to 399 repeat their pattern.",
    "never repeated": "On the coloured ground the pattern would be; here it is new noise every time.",
}


def figures(result: RepeatedPatternResult, metrics: Measurements) -> Figures:
    return {
        "heard": _heard(result, metrics),
        "weights": _weights(result, metrics),
        "course": _course(result, metrics),
    }


def _begin(result: RepeatedPatternResult) -> int:
    """The shown stretch begins a little before a repetition, so that at least one is in it."""
    starts = result.given.starts
    return max(0, int(starts[len(starts) // 3]) - 100)


def _heard(result: RepeatedPatternResult, metrics: Measurements) -> Figure:
    begin = _begin(result)
    part = slice(begin, begin + SHOWN_MS)
    drive = result.voltage_input[part]
    spikes, inside = round(metrics["shown_spikes"]), round(metrics["shown_inside"])
    return Figure(
        title="New input, and when the neuron fires",
        caption=(
            f"One of {round(metrics['neurons'])} neurons; a dot is a spike of an input. {GROUND[result.arm.kind]}"
            " Below: the {trace:drive|weighted input} and the neuron’s {trace:spikes|spikes}."
        ),
        text=(
            f"In four seconds of new input the shown neuron fires {spikes} times, {inside} of them inside the pattern."
            f" The pattern takes {metrics['time_share']:.0%} of the time."
        ),
        plot=heard_pattern(
            result.given.spikes[part].numpy(), result.given.inside[part].numpy(), drive.numpy(),
            result.spikes[part].numpy(), titles=("400 inputs", "weighted input and spikes"),
        ),
        height=420,
        sources=[
            Plotted(drive, trace="drive"),
            Plotted(result.spikes[part], trace="spikes", unit=None),
        ],
    )  # fmt: skip


def _weights(result: RepeatedPatternResult, metrics: Measurements) -> Figure:
    weights = result.weights[result.controls.seconds // PART_SECONDS]
    takes = torch.zeros(INPUTS, dtype=torch.bool)
    first = INPUTS - TAKE_PART if result.arm.kind == "on other inputs" else 0
    takes[first : first + TAKE_PART] = True
    x = torch.linspace(0, LENGTH, 101)
    change = computed(window, dt=metrics["shown_latency_ms"] - x, a=1.0, b=result.arm.b)
    latency = metrics["shown_latency_ms"]
    fires = f"fires {latency:.1f} ms after the pattern begins" if np.isfinite(latency) else "never fires in the pattern"
    return Figure(
        title="Weights, by when an input fires",
        caption=(
            "Blue: {trace:inputs of the pattern|inputs of the pattern}. Line: the {trace:window|learning window} around"
            " the neuron’s first spike. Inputs just before it gain, those after it lose."
        ),
        text=(
            f"The shown neuron {fires}, on average. {round(metrics['strong_weights'])} of its {INPUTS} weights are"
            " above one half."
        ),
        plot=weights_by_time(
            result.fires_in_pattern[takes].numpy(), weights[takes].numpy(), weights[~takes].numpy(),
            (x.numpy(), change.tensor.numpy()), span=float(LENGTH),
        ),
        height=330,
        half=True,
        sources=[
            Plotted(weights[takes], trace="inputs of the pattern"),
            Plotted(weights[~takes], trace="other inputs"),
            Plotted(change, trace="window"),
        ],
    )  # fmt: skip


def _course(result: RepeatedPatternResult, metrics: Measurements) -> Figure:
    seconds = np.asarray(list(result.by_time), dtype=float)
    inside = torch.tensor([100 * inside_share(neurons) for neurons in result.by_time.values()])
    latency = torch.tensor([mean_latency(neurons) for neurons in result.by_time.values()])
    time = torch.full_like(inside, 100 * metrics["time_share"])
    titles = ("spikes inside the pattern, %", "first spike, ms after it begins")
    charts = [
        Strip(
            titles[0], {"twelve neurons": (seconds, inside.numpy()), "time": (seconds, time.numpy())}, y_range=(0, 104)
        ),
        Strip(titles[1], {"selective neurons": (seconds, latency.numpy())}, y_range=(0, 30)),
    ]
    drawn = strips(charts, x_title="seconds of learning", marks={"shown": (float(result.controls.seconds), "right")})
    gained = metrics["latency_gain_ms"]
    earlier = f" Their first spike comes {gained:.0f} ms earlier than after 5 seconds." if np.isfinite(gained) else ""
    return Figure(
        title="As learning goes on",
        caption=(
            f"{{trace:twelve neurons, {titles[0]}|All twelve neurons}}, each with its own pattern;"
            f" {{trace:time, {titles[0]}|dashed}}: the pattern’s share of the time."
        ),
        text=(
            f"After {result.controls.seconds} seconds {round(metrics['selective_neurons'])} of twelve neurons are"
            f" selective, and {round(metrics['silent_neurons'])} have fallen silent.{earlier}"
        ),
        plot=drawn,
        height=330,
        half=True,
        sources=[
            Plotted(inside, trace=f"twelve neurons, {titles[0]}"),
            Plotted(time, trace=f"time, {titles[0]}"),
            Plotted(latency, trace=f"selective neurons, {titles[1]}"),
        ],
    )
