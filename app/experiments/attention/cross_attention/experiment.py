"""A trained translator's decoder looks across at what its encoder read: as it is, empty, or of another sentence."""

from app.experiments.attention.cross_attention.figures import figures
from app.experiments.attention.cross_attention.run import CrossControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(CrossControls, run, measure, figures, badge="trained toy")
