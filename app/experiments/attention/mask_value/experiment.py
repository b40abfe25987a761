"""A number is added to the scores that are to be hidden: how large must it be, and what of a row that hides all?"""

from app.experiments.attention.mask_value.figures import figures
from app.experiments.attention.mask_value.run import FillControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(FillControls, run, measure, figures, parameters=lambda result: result.gradient.numel())
