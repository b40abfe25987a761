"""Two functions one after the other: modules that are put together, and one network that learns every pair, live."""

from app.experiments.base import Experiment
from app.experiments.routing.modular.figures import figures
from app.experiments.routing.modular.run import ModularControls, measure, run

EXPERIMENT = Experiment(ModularControls, run, measure, figures, parameters=lambda result: sum(result.parameters))
