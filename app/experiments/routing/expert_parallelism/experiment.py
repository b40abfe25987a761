"""A trained router's batch on simulated devices: who sends how much to whom, who waits, who is turned away."""

from app.experiments.base import Experiment
from app.experiments.routing.expert_parallelism.figures import figures
from app.experiments.routing.expert_parallelism.run import ExpertParallelismControls, measure, run

EXPERIMENT = Experiment(ExpertParallelismControls, run, measure, figures, badge="simulation")
