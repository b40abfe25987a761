"""One query of the trained decoder looked up among its keys, step by step; then two tokens exchange keys or values."""

from app.experiments.attention.query_key_value.figures import figures
from app.experiments.attention.query_key_value.run import ExchangeControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    ExchangeControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.text.parameters,
    notices=lambda result: result.text.notices,
)
