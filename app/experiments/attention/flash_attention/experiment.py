"""A trained head computed tile by tile: what is held, what travels, how large it gets, beside the plain form."""

from app.experiments.attention.flash_attention.figures import figures
from app.experiments.attention.flash_attention.run import FlashControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(FlashControls, run, measure, figures, badge="trained toy")
