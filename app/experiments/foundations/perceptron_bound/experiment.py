"""Serves perceptron-convergence alone: it counts mistakes on hundreds of sets; perceptron follows one line."""

from app.experiments.base import Experiment
from app.experiments.foundations.perceptron_bound.figures import figures
from app.experiments.foundations.perceptron_bound.run import PerceptronBoundControls, measure, run

EXPERIMENT = Experiment(
    PerceptronBoundControls,
    run,
    measure,
    figures,
    labels={
        "median_share_of_the_bound": "mistakes over the bound, median of all sets",
        "largest_share_of_the_bound": "mistakes over the bound, largest of all sets",
        "sets_above_the_bound": "sets with more mistakes than the bound",
        "median_mistakes_at_the_smallest_gap": "mistakes at gap 0.02, median of 50 sets",
        "median_mistakes_at_the_middle_gap": "mistakes at gap 0.1, median of 50 sets",
        "median_mistakes_at_the_widest_gap": "mistakes at gap 0.5, median of 50 sets",
        "mistakes_smallest_over_widest_gap": "mistakes at gap 0.02 over those at gap 0.5",
        "bound_smallest_over_widest_gap": "bound at gap 0.02 over that at gap 0.5",
        "median_radius_at_the_middle_gap": "length R at gap 0.1, median of 50 sets",
        "median_margin_at_the_middle_gap": "margin γ at gap 0.1, median of 50 sets",
        "median_bound_at_the_middle_gap": "bound at gap 0.1, median of 50 sets",
        "unfinished_sets": "sets with mistakes in the last pass",
    },
)
