"""Random queries and keys of growing width: how far scores spread, and what is left of the softmax and its gradient."""

from app.experiments.attention.scaled_scores.figures import figures
from app.experiments.attention.scaled_scores.run import ScoreControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(ScoreControls, run, measure, figures, badge="simulation")
