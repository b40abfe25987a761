"""A sentence mixed by trained attention and by a fixed kernel: what a changed word moves, who hears whom."""

from app.experiments.attention.self_attention.figures import figures
from app.experiments.attention.self_attention.run import MixingControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(MixingControls, run, measure, figures, badge="trained toy")
