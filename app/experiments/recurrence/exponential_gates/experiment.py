"""Serves slstm alone: exponential gates and their stabiliser, on a task in which an old memory must be replaced."""

from app.experiments.base import Experiment
from app.experiments.recurrence.exponential_gates.figures import figures
from app.experiments.recurrence.exponential_gates.run import ExponentialControls, measure, run

EXPERIMENT = Experiment(
    ExponentialControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy": "right value at the end, share",
        "finite_share": "states that are finite numbers, share",
        "newest_share_at_best": "newest step’s share of the memory at a new highest similarity, mean",
        "newest_share_elsewhere": "newest step’s share of the memory elsewhere, mean",
        "largest_exponent": "largest exponent ln i",
        "first_step_lost": "first step of the text whose numbers overflow (0: none)",
        "chance": "chance of naming the right value",
    },
)
