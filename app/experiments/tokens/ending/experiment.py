"""Serves eos-token alone: it trains, while the other pages on special tokens run models as they are."""

from app.experiments.base import Experiment
from app.experiments.tokens.ending.figures import figures
from app.experiments.tokens.ending.run import EndingControls, measure, run

EXPERIMENT = Experiment(
    EndingControls,
    run,
    measure,
    figures,
    labels={
        "length_ratio": "mean length over that of the data",
        "mean_length": "mean length of generated texts, tokens",
        "mean_data_length": "mean length of the training texts, tokens",
        "ended_share": "generated texts that end by themselves, share",
        "end_probability_at_the_end": "probability of the end token behind the last full stop, mean",
        "end_probability_at_the_first_stop": "probability of the end token behind the first of several stops, mean",
        "end_probability_elsewhere": "probability of the end token elsewhere, mean",
    },
)
