"""A small model with a sink reads a long stream: from a window, with first tokens kept, from a full cache."""

from app.experiments.attention.attention_sinks.figures import figures
from app.experiments.attention.attention_sinks.run import SinkControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(SinkControls, run, measure, figures, badge="trained toy")
