"""A decoder trained at 64 tokens, its rotary frequencies stretched by one method: read, and trained on, beyond that."""

from app.experiments.base import Experiment
from app.experiments.position.rope_scaling.figures import figures
from app.experiments.position.rope_scaling.run import ScalingControls, measure, run

EXPERIMENT = Experiment(ScalingControls, run, measure, figures, badge="trained toy")
