"""Dot, bilinear and additive scores of the same queries and keys: what each can say, and how each grows."""

from app.experiments.attention.score_kinds.figures import figures
from app.experiments.attention.score_kinds.run import ScoreKindControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(ScoreKindControls, run, measure, figures, badge="simulation")
