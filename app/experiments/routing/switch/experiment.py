"""One expert a token, and room for so many: a trained router read as Switch does, on a typed and on fresh text."""

from app.experiments.base import Experiment
from app.experiments.routing.switch.figures import figures
from app.experiments.routing.switch.run import SwitchControls, measure, run

EXPERIMENT = Experiment(
    SwitchControls, run, measure, figures, badge="trained toy", notices=lambda result: result.text.notices
)
