"""One prompt at any temperature: the next token's probabilities, sampled sentences, and how likely the truth is."""

from app.experiments.base import Experiment
from app.experiments.decoding.temperature.figures import figures
from app.experiments.decoding.temperature.run import TemperatureControls, measure, run

EXPERIMENT = Experiment(TemperatureControls, run, measure, figures, badge="trained toy")
