"""One pass over a text against a run for every prefix of it: the same forecasts, and the same lessons."""

from app.experiments.attention.parallel_prediction.figures import figures
from app.experiments.attention.parallel_prediction.run import PrefixControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(PrefixControls, run, measure, figures, badge="trained toy")
