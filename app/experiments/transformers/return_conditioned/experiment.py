"""Serves decision-transformer alone: no other page lets a model act and earn."""

from app.experiments.base import Experiment
from app.experiments.transformers.return_conditioned.figures import figures
from app.experiments.transformers.return_conditioned.run import ReturnControls, measure, run

EXPERIMENT = Experiment(
    ReturnControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "asked_return": "return asked for",
        "earned_return": "return earned, mean",
        "off_asked_return": "earned and asked return, difference",
        "gain_return": "earned when asked for 9 less when asked for 1",
        "asked_for_most_return": "return earned when asked for 14, mean",
        "clone_return": "return of the clone of all walks, mean",
        "best_tenth_return": "return of the clone of the best tenth, mean",
        "lead_over_clone_return": "earned when asked for 9 above the clone of all walks",
        "data_mean_return": "return of the training walks, mean",
        "data_best_return": "return of the training walks, highest",
        "steps": "steps of an episode",
    },
)
