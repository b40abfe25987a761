"""One attention layer under any mask, also one painted by hand: what its weights sum to, and who has influence."""

from app.experiments.attention.mask_painting.figures import figures
from app.experiments.attention.mask_painting.run import PaintControls, measure, notices, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(PaintControls, run, measure, figures, notices=notices)
