"""One layer of one width, cut into 1 to 32 heads: how many places it can copy from, and in how few dimensions."""

from app.experiments.attention.head_counts.figures import figures
from app.experiments.attention.head_counts.run import CountControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    CountControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.parameters[result.chosen],
)
