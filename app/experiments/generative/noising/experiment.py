"""One pixel and one digit drown in noise: t small steps, one jump, and three schedules that set the pace."""

from app.experiments.base import Experiment
from app.experiments.generative.noising.figures import figures
from app.experiments.generative.noising.run import NoisingControls, measure, run

EXPERIMENT = Experiment(NoisingControls, run, measure, figures, badge="simulation")
