"""The number of heads at one width: how many positions a layer can copy from, and what one narrow head can match.

Serves number-of-heads alone: its models differ in nothing but the cut into heads.
"""

from app.experiments.attention.head_counts.figures import figures
from app.experiments.attention.head_counts.run import CountControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    CountControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy_percent": "symbols copied correctly, mean of five trainings, %",
        "lowest_accuracy_percent": "symbols copied correctly, worst of five trainings, %",
        "chance_percent": "correct by guessing, %",
        "largest_weight_on_a_distance": "largest weight of a head on one distance",
        "head_width_features": "width of a head, features",
        "one_wide_head_percent": "correct answers of one head of width 32, mean of five trainings, %",
        "one_narrow_head_percent": "correct answers of one head of width 1, mean of five trainings, %",
        "lost_by_a_narrow_head_percent": "worst head of width 32 less best head of width 1, percentage points",
        "model_parameters": "parameters of the model",
    },
)
