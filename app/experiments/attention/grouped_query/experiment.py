"""One trained multi-head model whose key/value heads are pooled: sharing, bytes, loss added and won back."""

from app.experiments.attention.grouped_query.figures import figures
from app.experiments.attention.grouped_query.run import GroupedControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(GroupedControls, run, measure, figures, badge="trained toy")
