"""Window, global tokens and random links: what a trained encoder still reads through them, and how far news travels."""

from app.experiments.attention.sparse_patterns.figures import figures
from app.experiments.attention.sparse_patterns.run import PatternControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(PatternControls, run, measure, figures, badge="trained toy")
