"""Serves self-organizing-map alone: no other entry has units on a lattice that compete for points."""

from app.experiments.base import Experiment
from app.experiments.other.self_organizing_map.figures import figures
from app.experiments.other.self_organizing_map.run import MapControls, measure, run

EXPERIMENT = Experiment(
    MapControls,
    run,
    measure,
    figures,
    labels={
        "topographic_error_percent": "topographic error on the square, %",
        "quantisation_error": "quantisation error on the square",
        "k_means_error": "quantisation error of k-means on the square",
        "error_over_k_means": "quantisation error over that of k-means, square",
        "ring_topographic_error_percent": "topographic error on the ring, %",
        "idle_units_on_the_ring": "units nearest to no point, ring",
        "idle_units_on_the_square": "units nearest to no point, square",
        "crossing_lines": "pairs of lattice lines that cross, square",
        "neighbours_apart_percent": "distance of lattice neighbours over that of any two units, shown map, %",
        "shown_topographic_error_percent": "topographic error of the shown map, %",
        "shown_quantisation_error": "quantisation error of the shown map",
        "shown_error_at_the_start": "quantisation error of the shown map at the start",
    },
)
