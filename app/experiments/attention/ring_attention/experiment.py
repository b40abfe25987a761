"""A trained layer's heads on devices in a ring: who has whose block, what everyone has seen, what hides behind what."""

from app.experiments.attention.ring_attention.figures import figures
from app.experiments.attention.ring_attention.run import RingControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(RingControls, run, measure, figures, badge="simulation")
