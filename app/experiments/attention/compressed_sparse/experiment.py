"""Tokens that ask for earlier ones through entries, an indexer and a window: what is found, kept and computed."""

from app.experiments.attention.compressed_sparse.figures import figures
from app.experiments.attention.compressed_sparse.run import CompressedControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(CompressedControls, run, measure, figures, badge="simulation")
