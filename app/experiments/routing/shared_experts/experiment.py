"""Two small mixtures trained live on the same tokens: all experts chosen, or one of them for everybody."""

from app.experiments.base import Experiment
from app.experiments.routing.shared_experts.figures import figures
from app.experiments.routing.shared_experts.run import SharedExpertsControls, measure, run

EXPERIMENT = Experiment(SharedExpertsControls, run, measure, figures)
