"""Serves rnn alone: a state without gates; the gated cells have gates to show."""

from app.experiments.base import Experiment
from app.experiments.recurrence.character_states.figures import figures
from app.experiments.recurrence.character_states.run import CharacterControls, measure, run

EXPERIMENT = Experiment(
    CharacterControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "depth_correlation": "correlation of probe and bracket depth",
        "best_unit_correlation": "correlation of the best single unit and bracket depth",
        "untrained_correlation": "correlation of probe and depth before training",
        "probe_at_deepest": "probe at the deepest brackets, mean",
        "probe_at_depth_4": "probe at depth 4, mean",
    },
)
