"""Serves echo-state-property alone: it compares states and reads nothing out."""

from app.experiments.base import Experiment
from app.experiments.recurrence.two_starts.figures import figures
from app.experiments.recurrence.two_starts.run import TwoStartsControls, measure, run

EXPERIMENT = Experiment(
    TwoStartsControls,
    run,
    measure,
    figures,
    badge="simulation",
    labels={
        "driven_distance": "last distance with input, median",
        "undriven_distance": "last distance without input, median",
        "driven_over_undriven": "last distance with input, over that without",
        "powers_of_ten_by_input": "powers of ten by which input makes the last distance smaller",
        "driven_forgotten_share": "reservoirs that have forgotten their start, with input, share",
        "undriven_forgotten_share": "reservoirs that have forgotten their start, without input, share",
        "largest_distance_at_radius_below_one": "largest last distance without input, spectral radius below 1",
        "largest_growth_per_step": "largest growth of the distance in one step, factor",
        "effective_radius": "spectral radius of (1 − α) I + α W",
        "largest_singular_value": "largest singular value of W",
    },
)
