"""A factor for every rotary pair, searched live on the trained decoder’s loss, and tried on texts never searched."""

from app.experiments.base import Experiment
from app.experiments.position.longrope.figures import figures
from app.experiments.position.longrope.run import LongropeControls, measure, run

EXPERIMENT = Experiment(LongropeControls, run, measure, figures, badge="trained toy")
