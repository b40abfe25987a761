"""One trained multi-head model read through latents: what is cached, what it costs, and what may be absorbed."""

from app.experiments.attention.latent_attention.figures import figures
from app.experiments.attention.latent_attention.run import LatentControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(LatentControls, run, measure, figures, badge="trained toy")
