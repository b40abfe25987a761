"""Serves bos-token alone: what stands before a text; where it ends has a page of its own."""

from app.experiments.base import Experiment
from app.experiments.tokens.start_token.figures import figures
from app.experiments.tokens.start_token.run import LENGTH, StartControls, measure, run

EXPERIMENT = Experiment(
    StartControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "loss_nats": f"loss of words 2 to {LENGTH} as it is set, nats per token",
        "gain_over_nothing_nats": "less loss than behind nothing, nats per token",
        "loss_behind_start_nats": "loss behind the start token, nats per token",
        "loss_behind_nothing_nats": "loss behind nothing, nats per token",
        "loss_behind_full_stop_nats": "loss behind a full stop, nats per token",
        "doubled_start_extra_nats": "extra loss with the start token twice, nats per token",
        "earlier_text_extra_nats": "extra loss with an earlier text before this one, nats per token",
        "first_word_distance": "total variation distance of predicted and counted first words",
    },
)
