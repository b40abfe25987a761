"""The trained model seen through a window: its band, what it must keep, how far it reaches and what it forgets."""

from app.experiments.attention.sliding_window.figures import figures
from app.experiments.attention.sliding_window.run import WindowControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(WindowControls, run, measure, figures, badge="trained toy")
