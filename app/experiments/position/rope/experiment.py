"""Queries and keys turned by their positions: what that does to scores and lengths, and to a model on long texts."""

from app.experiments.base import Experiment
from app.experiments.position.rope.figures import figures
from app.experiments.position.rope.run import RopeControls, measure, run

EXPERIMENT = Experiment(
    RopeControls, run, measure, figures, badge="trained toy", parameters=lambda result: result.read.parameters
)
