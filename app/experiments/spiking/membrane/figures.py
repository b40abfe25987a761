"""The membrane over time, the rate over the current, and how far both are apart from the formula at every step."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Machine, Measurements
from app.experiments.spiking.membrane.run import HIGHEST, SHOWN_MS, STEPS, MembraneResult
from app.provenance.origin import Plotted, computed
from models.spiking.leaky_integrate_fire import charge, fire, firing_rate
from visualizers.curve import curves, mark_x
from visualizers.measured_on_curve import measured_on_curve
from visualizers.membrane import membrane
from visualizers.theme import ACCENT, SERIES

MOST = 4.0
"""The highest current that can be set."""

RESET = {
    "subtract the threshold": "and the threshold is subtracted",
    "set to zero": "and the voltage is set to zero",
    "subtract one step late": "and the threshold is subtracted one step late",
    "spike minus threshold": "and the mistaken reset sets in",
}


def figures(result: MembraneResult, metrics: Measurements) -> Figures:
    return {
        "membrane": _membrane(result, metrics),
        "rates": _rates(result, metrics),
        "gaps": _gaps(result, metrics),
    }


def _membrane(result: MembraneResult, metrics: Measurements) -> Figure:
    c, neuron = result.controls, result.neuron
    voltage, spikes = result.trace
    current = torch.full_like(voltage, c.current)
    before = torch.cat([torch.zeros_like(voltage[:1]), voltage[:-1]])
    fired = torch.cat([torch.zeros_like(spikes[:1]), spikes[:-1]])
    carried = computed(neuron.carry, voltage=before, spikes=fired, threshold=c.threshold, beta=neuron.beta)
    charged = computed(charge, carried=carried, current=current, beta=neuron.beta)
    time = c.step * np.arange(1, len(voltage) + 1)
    top = max(1.25 * c.threshold, 1.15 * c.current, 1.05 * metrics["highest_voltage"], 2.2)
    machine = Machine(
        "lif",
        {
            "beta": neuron.beta, "threshold": c.threshold, "current": c.current, "step": c.step,
            "steps": len(voltage), "reset": c.reset, "highest": MOST,
        },
    )  # fmt: skip
    count = round(metrics["spikes"])
    return Figure(
        title="Membrane voltage",
        caption=(
            "The {trace:voltage|voltage} rises towards the {trace:current|current}. Where it reaches the threshold,"
            f" the neuron {{trace:spikes|fires}}, {RESET[c.reset]}. Press Run, then click in the plot: the"
            " height sets the current."
        ),
        text=(
            f"Under a current of {c.current:g} the neuron fires {count} time{'s' * (count != 1)} in {SHOWN_MS} ms. Its"
            f" highest voltage is {metrics['highest_voltage']:.3g}."
        ),
        plot=membrane(time, voltage.numpy(), current.numpy(), spikes.numpy(), threshold=c.threshold, top=top),
        height=300,
        sources=[
            Plotted(charged, trace="voltage"),
            Plotted(computed(fire, voltage=charged, threshold=c.threshold), trace="spikes", unit=None),
        ],
        machine=machine,
    )


def _rates(result: MembraneResult, metrics: Measurements) -> Figure:
    c = result.controls
    x = torch.linspace(0, HIGHEST * c.threshold, 161, dtype=torch.double)
    line = computed(firing_rate, current=x, threshold=c.threshold, time_constant=float(c.time_constant))
    top = 1.15 * 1000 * max(line.tensor.max().item(), result.rates.max().item())
    return Figure(
        title="Spikes per second at every current",
        caption="{trace:measured|Dots}: counted in the run. {trace:formula|Line}: the formula.",
        text=(
            f"At a current of {c.current:g} the run gives {metrics['rate_per_second']:.1f} spikes per second, the"
            f" formula {metrics['formula_per_second']:.1f}. Over {len(result.currents)} currents the mean gap is"
            f" {metrics['gap']:.1%}."
        ),
        plot=measured_on_curve(
            (x.numpy(), 1000 * line.tensor.numpy()),
            (result.currents.numpy(), 1000 * result.rates.numpy()),
            x_title="current", y_top=top, shown=c.current,
        ),
        height=260,
        half=True,
        sources=[Plotted(line, trace="formula", unit=1000), Plotted(result.rates, trace="measured", unit=1000)],
    )  # fmt: skip


def _gaps(result: MembraneResult, metrics: Measurements) -> Figure:
    chosen = result.controls.reset
    lines = {name: torch.tensor([gaps[step] for step in STEPS]) for name, gaps in result.gaps.items()}
    names = {"subtract the threshold": "subtract", "set to zero": "to zero", "subtract one step late": "late"}
    shown = {names.get(name, "mistaken"): 100 * line for name, line in lines.items()}
    colours = {
        name: ACCENT if name == names.get(chosen, "mistaken") else SERIES[index + 1] for index, name in enumerate(shown)
    }
    plot = curves(
        STEPS, {name: line.numpy() for name, line in shown.items()}, x_title="step, ms", x_log=True, y_log=True,
        markers=True, colours=colours, room=74,
    )  # fmt: skip
    plot.update_xaxes(tickvals=STEPS, ticktext=[f"{step:g}" for step in STEPS])
    ticks = (0.5, 1, 2, 5, 10, 20, 50, 200, 1000, 5000)
    plot.update_yaxes(tickvals=ticks, ticktext=[f"{tick:g}" for tick in ticks])
    further = names.get(chosen, "mistaken")
    other = "" if further in ("subtract", "to zero") else f", {{trace:{further}|the chosen reset}}"
    return Figure(
        title="Mean gap to the formula, %",
        caption=(
            "{trace:subtract|Subtracting} the threshold and {trace:to zero|resetting} to zero"
            f"{other}, by the length of a step."
        ),
        text=(
            f"With the chosen reset the mean gap is {metrics['gap_at_finest_step']:.1%} at a step of {STEPS[0]:g} ms"
            f" and {metrics['gap_at_coarsest_step']:.1%} at {STEPS[-1]:g} ms."
        ),
        plot=mark_x(plot, result.controls.step, "shown"),
        height=260,
        half=True,
        sources=[Plotted(line, trace=name, unit=1.0) for name, line in shown.items()],
    )
