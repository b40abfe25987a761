"""From one expert a token to all of them: what is computed, how far that is from the whole mixture, and the loss."""

from app.experiments.base import Experiment
from app.experiments.routing.sparse_layer.figures import figures
from app.experiments.routing.sparse_layer.run import SparseLayerControls, measure, run

EXPERIMENT = Experiment(
    SparseLayerControls, run, measure, figures, badge="trained toy", notices=lambda result: result.text.notices
)
