"""Three small mixtures of experts trained live side by side: not balanced, balanced by a loss, balanced by a bias."""

from app.experiments.base import Experiment
from app.experiments.routing.balancing_methods.figures import figures
from app.experiments.routing.balancing_methods.run import BalancingMethodsControls, measure, run

EXPERIMENT = Experiment(BalancingMethodsControls, run, measure, figures)
