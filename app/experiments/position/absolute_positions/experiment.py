"""A place with a code of its own: how alike the codes are, what a move does to a forecast, and where the table ends."""

from app.experiments.base import Experiment
from app.experiments.position.absolute_positions.figures import figures
from app.experiments.position.absolute_positions.run import AbsoluteControls, measure, run

EXPERIMENT = Experiment(AbsoluteControls, run, measure, figures, badge="trained toy")
