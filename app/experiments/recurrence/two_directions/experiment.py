"""Serves bidirectional-rnn alone: two cells on one text; what goes on inside of a cell is shown by the others."""

from app.experiments.base import Experiment
from app.experiments.recurrence.two_directions.figures import figures
from app.experiments.recurrence.two_directions.run import DirectionControls, measure, run

EXPERIMENT = Experiment(
    DirectionControls,
    run,
    measure,
    figures,
    labels={
        "accuracy_two_directions": "right tags with two directions, share",
        "accuracy_forward": "right tags of the forward network, share",
        "tags_changed_by_later_characters": "tags changed by later characters, two directions, sum over positions",
        "tags_changed_by_later_characters_forward": "tags changed by later characters, forward, sum over positions",
        "parameters_two_directions": "parameters of the network with two cells",
        "parameters_forward": "parameters of the forward network",
    },
)
