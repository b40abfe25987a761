"""How the trained decoder spends its attention, and how little a large weight says of a large contribution."""

from app.experiments.attention.attention_weights.figures import figures
from app.experiments.attention.attention_weights.run import WeightControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    WeightControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.text.parameters,
    notices=lambda result: result.text.notices,
)
