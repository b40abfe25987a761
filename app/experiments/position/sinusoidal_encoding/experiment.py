"""A place written as waves of many lengths: the table, one rotation for every offset, likeness by distance."""

from app.experiments.base import Experiment
from app.experiments.position.sinusoidal_encoding.figures import figures
from app.experiments.position.sinusoidal_encoding.run import SinusoidalControls, measure, run

EXPERIMENT = Experiment(SinusoidalControls, run, measure, figures)
