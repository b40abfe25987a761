"""Small mixtures of experts trained live under several coefficients of the balancing loss, on the same tokens."""

from app.experiments.base import Experiment
from app.experiments.routing.balancing_loss.figures import figures
from app.experiments.routing.balancing_loss.run import BalancingLossControls, measure, run

EXPERIMENT = Experiment(BalancingLossControls, run, measure, figures)
