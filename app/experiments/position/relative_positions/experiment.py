"""A head trained live to look n tokens back, its places told by one scheme: moved along, and on longer texts."""

from app.experiments.base import Experiment
from app.experiments.position.relative_positions.figures import figures
from app.experiments.position.relative_positions.run import RelativeControls, measure, run

EXPERIMENT = Experiment(RelativeControls, run, measure, figures)
