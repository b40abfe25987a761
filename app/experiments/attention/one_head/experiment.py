"""One head of a small attention-only model: which words it matches, what it writes, and the loss without it."""

from app.experiments.attention.one_head.figures import figures
from app.experiments.attention.one_head.run import OneHeadControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(OneHeadControls, run, measure, figures, badge="trained toy")
