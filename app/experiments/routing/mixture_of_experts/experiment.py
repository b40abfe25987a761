"""A typed text through a trained mixture of experts: who gets which token, how evenly, and with how many weights."""

from app.experiments.base import Experiment
from app.experiments.routing.mixture_of_experts.figures import figures
from app.experiments.routing.mixture_of_experts.run import MixtureControls, measure, run

EXPERIMENT = Experiment(
    MixtureControls, run, measure, figures, badge="trained toy", parameters=lambda result: result.toy.total
)
