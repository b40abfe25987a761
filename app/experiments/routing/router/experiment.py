"""One router at work on a typed text: its verdicts, the gates made of them, which logits learn, what noise changes."""

from app.experiments.base import Experiment
from app.experiments.routing.router.figures import figures
from app.experiments.routing.router.run import RouterControls, measure, run

EXPERIMENT = Experiment(
    RouterControls, run, measure, figures, badge="trained toy", notices=lambda result: result.text.notices
)
