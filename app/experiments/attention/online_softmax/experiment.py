"""Softmax in one pass: the largest score and the sum as they are corrected, beside the form of two passes."""

from app.experiments.attention.online_softmax.figures import figures
from app.experiments.attention.online_softmax.run import OnlineSoftmaxControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(OnlineSoftmaxControls, run, measure, figures)
