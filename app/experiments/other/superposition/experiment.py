"""Serves kolmogorov-arnold-theorem alone: it counts the sums that a function takes; kan compares networks."""

from app.experiments.base import Experiment
from app.experiments.other.superposition.figures import figures
from app.experiments.other.superposition.run import SUMS, SuperpositionControls, measure, run

EXPERIMENT = Experiment(
    SuperpositionControls,
    run,
    measure,
    figures,
    labels={
        "error": "error on held-out points, standard deviations of the function",
        **{
            f"error_of_{sums}_sum{'s' * (sums > 1)}": f"error with {sums} sum{'s' * (sums > 1)}, standard deviations"
            for sums in SUMS
        },
        "logarithms_in_one_sum": "correlation of the one sum’s inner curves with logarithms, lower of two",
        "largest_miss": "largest difference on the square, standard deviations",
    },
)
