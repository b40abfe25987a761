"""Scores lowered by distance, each head at its own slope; five position schemes read past their trained length."""

from app.experiments.base import Experiment
from app.experiments.position.alibi.figures import figures
from app.experiments.position.alibi.run import AlibiControls, measure, run

EXPERIMENT = Experiment(
    AlibiControls, run, measure, figures, badge="trained toy", parameters=lambda result: result.read.parameters
)
