"""Serves token-id alone: the numbers of tokens and the rows that they select."""

from app.experiments.base import Experiment
from app.experiments.tokens.renumbering.figures import figures
from app.experiments.tokens.renumbering.run import RenumberingControls, measure, run

EXPERIMENT = Experiment(
    RenumberingControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "loss_nats": "loss of held-out text as it is set now, nats per token",
        "loss_as_trained_nats": "loss of held-out text as trained, nats per token",
        "loss_change_nats": "change of the loss by the new ids, nats per token",
        "loss_rows_stay_nats": "loss with the new ids if the rows stay, nats per token",
        "loss_at_renumbered_nats": "loss at tokens with a new id, nats per token",
        "uniform_guess_nats": "loss of a uniform guess, nats per token",
        "new_ids": "tokens with a new id",
        "used_ids": "ids that occur in the sample of text",
        "unused_rows_longer_share": "probability that an unused id has a longer row than a used one",
        "mean_used_row_length": "length of the rows of used ids, mean",
        "mean_unused_row_length": "length of the rows of unused ids, mean",
    },
)
