"""A typed text through the trained decoder: every head's map, the picked one large, and one token's weighted sum."""

from app.experiments.attention.attention_maps.figures import figures
from app.experiments.attention.attention_maps.run import MapControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    MapControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.text.parameters,
    notices=lambda result: result.text.notices,
)
