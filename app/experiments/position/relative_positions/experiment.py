"""Serves relative-position-encoding alone: it trains a head live on one offset, by one scheme and a rival."""

from app.experiments.base import Experiment
from app.experiments.position.relative_positions.figures import figures
from app.experiments.position.relative_positions.run import RelativeControls, measure, run

EXPERIMENT = Experiment(
    RelativeControls,
    run,
    measure,
    figures,
    labels={
        "change_of_scores_by_moving": "largest change of a score by the move, over the spread of scores",
        "right_within_the_trained_length_percent": "right within 24 tokens, %",
        "right_past_the_trained_length_percent": "right past 24 tokens, %",
        "right_when_moved_percent": "right when moved, %",
        "mean_weight_on_the_right_token": "mean weight on the right token",
        "chance_percent": "right by chance, %",
    },
)
