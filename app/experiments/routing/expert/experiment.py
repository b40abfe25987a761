"""What each expert of a trained layer is sent, how well a word's class or a text's kind explains it, who needs it."""

from app.experiments.base import Experiment
from app.experiments.routing.expert.figures import figures
from app.experiments.routing.expert.run import ExpertControls, measure, run

EXPERIMENT = Experiment(
    ExpertControls, run, measure, figures, badge="trained toy", notices=lambda result: result.text.notices
)
