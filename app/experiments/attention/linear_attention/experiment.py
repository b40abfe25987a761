"""Softmax replaced by a kernel: the same heads, the same outputs from a fixed state, less work, and what is lost."""

from app.experiments.attention.linear_attention.figures import figures
from app.experiments.attention.linear_attention.run import LinearControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(LinearControls, run, measure, figures, badge="trained toy")
