"""Serves change-of-variables alone: one map without any learning; the pages of flows train chains of maps."""

from app.experiments.base import Experiment
from app.experiments.generative.mapped_density.figures import figures
from app.experiments.generative.mapped_density.run import MappedControls, measure, run

EXPERIMENT = Experiment(
    MappedControls,
    run,
    measure,
    figures,
    labels={
        "chi_square_per_cell": "squared deviation of a cell’s count, over that of chance",
        "mass_ratio": "mass by the formula over mass counted",
        "points_in_window_percent": "points in the window, %",
        "square_growth": "area of the marked square after the map over before",
        "determinant": "|det J| at the middle of the marked square",
        "densest_column_from_edge": "y₁ of the densest column, from the window’s left edge",
    },
)
