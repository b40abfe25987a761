"""Bytes of a key/value cache: counted for real models, measured on small live ones."""

from app.experiments.base import Experiment
from app.experiments.serving.kv_cache_memory.figures import figures
from app.experiments.serving.kv_cache_memory.run import MemoryControls, measure, run

EXPERIMENT = Experiment(MemoryControls, run, measure, figures)
