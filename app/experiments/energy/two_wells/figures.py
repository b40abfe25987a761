"""The most probable states, sampled and exact; the distance of all states; and where cooled chains end."""

from typing import get_args

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.energy.two_wells.chains import UNITS, Cooling, cooled_of
from app.experiments.energy.two_wells.run import TwoWellsResult
from app.number_format import number
from app.provenance.origin import Computed, Plotted
from models.energy.boltzmann import probabilities
from visualizers.curve import curves
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, INK_3
from visualizers.truth_bars import truth_bars

SHOWN = 16
"""Of 1,024 states, the most probable."""


def figures(result: TwoWellsResult, metrics: Measurements) -> Figures:
    return {
        "states": _states(result, metrics),
        "distance": _distance(result, metrics),
        "cooling": _cooling(result, metrics),
    }


def _states(result: TwoWellsResult, metrics: Measurements) -> Figure:
    likely = result.exact.argsort(descending=True, stable=True)[:SHOWN]
    names = ["".join(f"{int(unit)}" for unit in result.states[state]) for state in likely]
    drawn = truth_bars(
        {"sampled": result.frequencies[likely].numpy()}, labels=names, truth=result.exact[likely].numpy(),
        truth_name="exact", write=False,
    )  # fmt: skip
    drawn.update_xaxes(tickangle=-90)
    drawn.update_layout(margin_b=84)
    exact = Computed(result.exact, probabilities, {"E": result.energies, "T": result.controls.temperature})
    return Figure(
        title=f"Probability of the {SHOWN} likeliest states of {number(2**UNITS)}, T = {result.controls.temperature:g}",
        caption=(
            "{trace:sampled|Bars}: how often the chains were in this state. {trace:exact|Lines}: its exact"
            " probability. Each label is a state: ten units, on (1) or off (0)."
        ),
        text=(
            f"The likeliest state: exactly {metrics['deepest_state_exactly_percent']:.1f} %, sampled"
            f" {metrics['deepest_state_sampled_percent']:.1f} %."
        ),
        plot=drawn,
        height=360,
        sources=[
            Plotted(result.frequencies, lambda shares: shares[likely], trace="sampled"),
            Plotted(exact, lambda p: p[likely].repeat_interleave(3), trace="exact"),
        ],
    )  # fmt: skip


def _distance(result: TwoWellsResult, metrics: Measurements) -> Figure:
    names = {"the chains": result.distances, "independent draws": result.baseline}
    places = np.arange(len(result.counted))
    drawn = curves(
        places, {name: values.numpy() for name, values in names.items()}, x_title="sweeps per chain", markers=True,
        y_range=(0, 1.1 * float(torch.cat(list(names.values())).max())), room=12,
        colours={"the chains": ACCENT, "independent draws": INK_3},
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.update_xaxes(tickmode="array", tickvals=places.tolist(), ticktext=list(map(str, result.counted)))
    return Figure(
        title="Total variation distance to the exact probabilities",
        caption=(
            "{trace:the chains|The chains} against {trace:independent draws|as many independent draws} from the exact"
            " probabilities; few draws are off as well. A sweep updates each unit once."
        ),
        text=(
            f"After {result.counted[-1]} sweeps the chains’ distance is {metrics['total_variation']:.3f}, that of"
            f" independent draws {metrics['total_variation_of_independent_draws']:.3f}. A chain passes between the"
            f" two wells, a state and its opposite, {metrics['crossings_per_100_sweeps']:.1f} times in 100 sweeps."
        ),
        plot=drawn,
        height=300,
        half=True,
        sources=[Plotted(values, trace=name) for name, values in names.items()],
    )


def _cooling(result: TwoWellsResult, metrics: Measurements) -> Figure:
    lowest = int(result.energies.argmin())
    ways = get_args(Cooling)
    shares = torch.stack([(cooled_of(result.controls.seed, way)[1] == lowest).float().mean() for way in ways])
    drawn = horizontal_bars(
        100 * shares.numpy(), labels=list(ways), picked=result.controls.cooling, sets="cooling", as_="{:.0f}", left=130,
        x_title="chains in the state of lowest energy, %",
    )  # fmt: skip
    drawn.update_xaxes(range=[0, 112], tickvals=np.arange(0, 101, 25).tolist())
    return Figure(
        title="Where 400 chains end after 60 sweeps of cooling",
        caption=(
            "From T = 4 to T = 0.25, by equal factors (step by step), by equal steps (evenly), or at 0.25 from the"
            f" start. At T = 0.25 the lowest state has {metrics['deepest_exactly_percent']:.1f} % of the probability."
        ),
        text=(
            f"Cooled “{result.controls.cooling}”, {metrics['deepest_after_cooling_percent']:.0f} % of the chains end in"
            " the state of lowest energy; the others sit in the second well."
            f" {metrics['stayed_in_nearer_well_percent']:.0f} % end in the well that their start was nearer to."
        ),
        plot=drawn,
        height=300,
        half=True,
        sources=[Plotted(shares, trace="values", unit=100.0)],
    )
