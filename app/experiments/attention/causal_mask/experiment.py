"""One token of a text is changed: which of the trained model's numbers move, with the causal mask and without it."""

from app.experiments.attention.causal_mask.figures import figures
from app.experiments.attention.causal_mask.run import MaskControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(MaskControls, run, measure, figures, badge="trained toy")
