"""Every head's map of a typed text, and what each head does on random words said twice, as four scores."""

from app.experiments.attention.head_patterns.figures import figures
from app.experiments.attention.head_patterns.run import PatternControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    PatternControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.text.parameters,
    notices=lambda result: result.text.notices,
)
