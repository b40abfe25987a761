"""A text written token by token with a key/value cache, without one, and with one made for another prompt."""

from app.experiments.base import Experiment
from app.experiments.serving.kv_cache.figures import figures
from app.experiments.serving.kv_cache.run import CacheControls, measure, run

EXPERIMENT = Experiment(CacheControls, run, measure, figures, badge="trained toy")
