"""The distance of two states over time, where it ends in each reservoir, and two units that do not forget."""

import numpy as np
import plotly.graph_objects as go
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.two_starts.run import BELOW_ONE, RESERVOIRS, STEPS, TWO_UNITS, TwoStartsResult
from app.number_format import small
from app.provenance.origin import Computed, Plotted, computed
from models.recurrence.echo_state import reservoir_update
from visualizers.curve import curves
from visualizers.plane_paths import plane_paths
from visualizers.theme import ACCENT, SERIES

LOWEST = 1e-8


def figures(result: TwoStartsResult, metrics: Measurements) -> Figures:
    return {
        "distance": _distance(result, metrics),
        "reservoirs": _reservoirs(result, metrics),
        "two_units": _two_units(result, metrics),
    }


def _distance(result: TwoStartsResult, metrics: Measurements) -> Figure:
    lines = {
        "with input": result.driven.quantile(0.5, dim=1).clamp(min=LOWEST).numpy(),
        "no input": result.undriven.quantile(0.5, dim=1).clamp(min=LOWEST).numpy(),
    }
    return Figure(
        title="Distance of two states that started apart",
        caption=(
            f"Median of {RESERVOIRS} reservoirs. {{accent|With input}} and {{c2|without}}. A falling line: the start is"
            " forgotten. Flat below 0.000001: rounding."
        ),
        text=(
            f"After {STEPS} steps the median distance is {small(metrics['driven_distance'])} with input and"
            f" {small(metrics['undriven_distance'])} without. The effective matrix has spectral radius"
            f" {metrics['effective_radius']:.2f}."
        ),
        plot=_logarithmic(np.arange(STEPS + 1), lines, "step"),
        height=290,
    )


def _logarithmic(x: np.ndarray, lines: dict[str, np.ndarray], x_title: str, markers: bool = False) -> go.Figure:
    colours = {"with input": ACCENT, "no input": SERIES[1]}
    plot = curves(x, lines, x_title=x_title, y_log=True, y_range=(-8, 1.5), markers=markers, colours=colours, room=76)
    return plot.update_yaxes(exponentformat="power", dtick=2)


def _reservoirs(result: TwoStartsResult, metrics: Measurements) -> Figure:
    last = {
        "with input": result.driven[-1].clamp(min=LOWEST).sort().values.numpy(),
        "no input": result.undriven[-1].clamp(min=LOWEST).sort().values.numpy(),
    }
    return Figure(
        title=f"Distance after {STEPS} steps in each of {RESERVOIRS} reservoirs",
        caption="Sorted from smallest to largest. {accent|With input}, {c2|without}.",
        text=(
            f"With input {metrics['driven_forgotten_share']:.0%} of the reservoirs have forgotten their start, without"
            f" input {metrics['undriven_forgotten_share']:.0%}."
        ),
        plot=_logarithmic(np.arange(1, RESERVOIRS + 1), last, "reservoir, by its distance", markers=True),
        height=300,
        half=True,
    )


def _two_units(result: TwoStartsResult, metrics: Measurements) -> Figure:
    first, second = result.paths.numpy()
    named = zip(("first", "second"), result.paths, strict=True)
    return Figure(
        title="Two units, spectral radius 0.89, no input",
        caption="Hollow circles: two starts close together. Their paths end far apart, although the radius is below 1.",
        text=(
            f"The two paths end {np.linalg.norm(first[-1] - second[-1]):.2f} apart. In {RESERVOIRS} reservoirs at"
            f" spectral radius {BELOW_ONE} without input, the largest distance at the end is"
            f" {small(metrics['largest_distance_at_radius_below_one'])}."
        ),
        plot=plane_paths(
            {"first": first, "second": second}, x_title="state of unit 1", y_title="state of unit 2", reach=1.4
        ),
        height=300,
        half=True,
        sources=[Plotted(_next_states(path), _second_unit, name) for name, path in named],
    )


def _next_states(path: Tensor) -> Computed:
    """Every state of a path (T, 2) from the one before it, without input."""
    silent = torch.zeros(len(path) - 1, 1)
    return computed(reservoir_update, x=path[:-1], u=silent, w_in=torch.zeros(2, 2), w=TWO_UNITS, alpha=1.0)


def _second_unit(x: Tensor) -> Tensor:
    """What stands on the vertical axis; the start was computed by nothing."""
    return torch.cat([torch.full_like(x[:1, 1], torch.nan), x[:, 1]])
