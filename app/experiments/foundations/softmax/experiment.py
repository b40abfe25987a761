"""A few logits become probabilities: what a shift leaves alone, what each takes from the others, where it overflows."""

from app.experiments.base import Experiment
from app.experiments.foundations.softmax.figures import figures
from app.experiments.foundations.softmax.run import SoftmaxControls, measure, run

EXPERIMENT = Experiment(SoftmaxControls, run, measure, figures)
