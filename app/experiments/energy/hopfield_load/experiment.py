"""Serves hopfield-capacity alone: hundreds of units, all updated at once, of which none could be watched."""

from app.experiments.base import Experiment
from app.experiments.energy.hopfield_load.figures import figures
from app.experiments.energy.hopfield_load.run import LoadControls, measure, run

EXPERIMENT = Experiment(
    LoadControls,
    run,
    measure,
    figures,
    labels={
        "edge_load": "load at which the overlap falls below 0.95, 500 units",
        "overlap_at_0100": "overlap at load 0.1, 500 units",
        "overlap_at_0250": "overlap at load 0.25, 500 units",
        "exact_at_0138_percent": "patterns without a wrong bit at load 0.138, %",
        "overlap_at_the_load": "overlap at the chosen load, 500 units",
        "exact_at_the_load_percent": "patterns without a wrong bit at the chosen load, %",
        "first_step_error_percent": "bits that the first update flips at load 0.138, %",
        "first_step_formula_percent": "the same by the formula, %",
        "error_over_formula": "measured share of first errors over the formula’s",
        "wrong_bits_per_pattern_at_0138": "wrong bits per pattern at load 0.138",
        "most_exact_patterns": "N/(2 ln N) for 500 units, patterns",
        "all_exact_patterns": "N/(4 ln N) for 500 units, patterns",
        "patterns_at_the_load": "patterns stored at the chosen load",
    },
)
