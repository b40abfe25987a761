"""The four matrices of a trained layer: their spectra, what may change unseen, and why they are no projectors."""

from app.experiments.attention.projections.figures import figures
from app.experiments.attention.projections.run import ProjectionControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(ProjectionControls, run, measure, figures, badge="trained toy")
