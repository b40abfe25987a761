"""A sentence and its words in another order, read by decoders that are told of places or not, masked or not."""

from app.experiments.base import Experiment
from app.experiments.position.word_order.figures import figures
from app.experiments.position.word_order.run import OrderControls, measure, run

EXPERIMENT = Experiment(
    OrderControls, run, measure, figures, badge="trained toy", parameters=lambda result: result.read.parameters
)
