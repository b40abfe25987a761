"""Rotary frequencies as published models set them, beside what the transformers library makes of the same settings."""

from app.experiments.base import Experiment
from app.experiments.position.rope_variants.figures import figures
from app.experiments.position.rope_variants.run import VariantsControls, measure, run

EXPERIMENT = Experiment(VariantsControls, run, measure, figures)
