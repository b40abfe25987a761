"""How many experts a token gets: what the choice keeps, how loads and limits follow, and whom the gradient reaches."""

from app.experiments.base import Experiment
from app.experiments.routing.top_k.figures import figures
from app.experiments.routing.top_k.run import TopKControls, measure, run

EXPERIMENT = Experiment(
    TopKControls, run, measure, figures, badge="trained toy", notices=lambda result: result.text.notices
)
