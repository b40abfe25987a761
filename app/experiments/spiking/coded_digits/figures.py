"""The spikes of a digit through the network, when the verdict is right, and how many additions it takes."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.spiking.coded_digits.run import BOTH_CODES, CodedDigitsResult
from app.number_format import number
from app.provenance.origin import Plotted
from models.data.spike_codes import STEPS
from visualizers.curve import apart, curves
from visualizers.distribution import bars
from visualizers.raster import raster
from visualizers.theme import ACCENT, AXIS, INK_3, SERIES


def figures(result: CodedDigitsResult, metrics: Measurements) -> Figures:
    return {
        "spikes": _spikes(result, metrics),
        "verdict": _verdict(result, metrics),
        "operations": _operations(result, metrics),
    }


def _spikes(result: CodedDigitsResult, metrics: Measurements) -> Figure:
    by_ink = result.image.flatten().argsort(descending=True, stable=True)
    hidden, output = result.trace.hidden_spikes[0, 0], result.trace.output_spikes[0, 0]
    by_count = hidden.sum(0).argsort(descending=True, stable=True)
    views = {
        "64 pixels, the darkest on top": (result.input, lambda s: s.T[by_ink]),
        "100 hidden neurons, the most active on top": (hidden, lambda s: s.T[by_count]),
        "10 output neurons": (output, lambda s: s.T),
    }
    counts = [round(count) for count in result.counts.tolist()]
    winner = int(metrics["winner"])
    return Figure(
        title="Who fires when",
        caption=(
            "One row per neuron; a blue cell is a spike. The darkest pixels stand on top. The output neuron with the"
            " most spikes names the digit; its count is in bold."
        ),
        text=(
            f"The output neuron of {winner} fires most often, {counts[winner]} times. Of all held-out digits, "
            f"{metrics['accuracy']:.1%} are named rightly, mean of five trainings."
        ),
        plot=raster(
            {name: view(spikes).numpy() for name, (spikes, view) in views.items()}, x_title="step",
            names=[str(digit) for digit in range(10)], beside=[f"{count} spikes" for count in counts], picked=winner,
        ),
        height=600,
        sources=[Plotted(spikes, view, trace=name) for name, (spikes, view) in views.items()],
    )  # fmt: skip


def _verdict(result: CodedDigitsResult, metrics: Measurements) -> Figure:
    lines = {
        code if times == "as coded" else f"{code}, shuffled": 100 * found.by_step.mean(0)
        for (code, times), found in result.readings.items()
    }
    drawn = curves(
        torch.arange(1, STEPS + 1).numpy(), {name: line.numpy() for name, line in lines.items()}, x_title="step",
        y_range=(0, 104), room=112,
    )  # fmt: skip
    drawn.update_xaxes(range=[1, STEPS], tickvals=[1, 8, 16, 24])
    return Figure(
        title="Digits named rightly, %",
        caption=(
            "When the digit is cut off after a step. {trace:latency|Latency} and {trace:rate|rate} code, as coded and"
            " with every pixel’s spikes at random steps. Means of five trainings."
        ),
        text=(
            f"Shuffled spike times cost the latency code {100 * metrics['lost_by_shuffling_latency']:.1f} points and"
            f" the rate code {100 * metrics['lost_by_shuffling_rate']:.1f}. With the chosen code the winner is final"
            f" after step {metrics['final_step']:.0f}, in the median."
        ),
        plot=apart(drawn, 200),
        height=270,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _operations(result: CodedDigitsResult, metrics: Measurements) -> Figure:
    added = [result.readings[code, "as coded"].operations.mean() for code in BOTH_CODES]
    values = torch.stack([*added, torch.tensor(float(result.multiplications))])
    drawn = bars(
        values.numpy(), labels=["latency code", "rate code", "dense network"], colours=[ACCENT, SERIES[1], AXIS],
        write=False,
    )  # fmt: skip
    drawn.data[0].text = [number(round(value)) for value in values.tolist()]
    drawn.data[0].textfont = {"size": 12, "color": INK_3}
    return Figure(
        title="Operations per digit",
        caption="Additions, one per spike and synapse, without leaks. Grey: multiplications of an equal dense network.",
        text=(
            f"With the chosen code and times, {metrics['input_spikes_per_digit']:.0f} input spikes and"
            f" {metrics['hidden_spikes_per_digit']:.0f} hidden spikes cause"
            f" {number(round(metrics['operations_per_digit']))} additions; the dense network multiplies"
            f" {number(result.multiplications)} times."
        ),
        plot=drawn,
        height=270,
        half=True,
        sources=[Plotted(values, trace="values")],
    )
