"""Noise becomes digits or points, stop by stop, while real ones become noise at the same times."""

from app.experiments.base import Experiment
from app.experiments.generative.diffusion.figures import figures
from app.experiments.generative.diffusion.run import DiffusionControls, measure, run

EXPERIMENT = Experiment(DiffusionControls, run, measure, figures, badge="trained toy")
