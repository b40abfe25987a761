"""Serves absolute-position-encoding alone: only there does a table end, and a text move within it."""

from app.experiments.base import Experiment
from app.experiments.position.absolute_positions.figures import figures
from app.experiments.position.absolute_positions.run import AbsoluteControls, measure, run

EXPERIMENT = Experiment(
    AbsoluteControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "loss_within_the_trained_length_nats": "loss within 64 tokens, nats per token",
        "loss_past_the_trained_length_nats": "loss past 64 tokens, nats per token",
        "jump_past_the_end_nats": "jump of the loss past 64 tokens, nats per token",
        "change_of_predictions_by_moving": "change of the predictions by the move, 0 to 1",
        "similarity_of_neighbours": "similarity of neighbouring positions",
        "similarity_of_positions_over_16_apart": "similarity of positions more than 16 apart",
        "similarity_of_untrained_neighbours": "similarity of neighbours past 64",
    },
)
