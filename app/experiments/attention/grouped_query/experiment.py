"""Serves grouped-query-attention alone: it changes the key/value heads of a model that was trained without sharing."""

from app.experiments.attention.grouped_query.figures import figures
from app.experiments.attention.grouped_query.run import GroupedControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    GroupedControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "cache_bytes": "cache per token, bytes",
        "full_cache_bytes": "cache per token with all heads, bytes",
        "times_smaller": "cache with all heads over this one",
        "times_smaller_over_group_size": "cache with all heads over this one, divided by H/G",
        "full_loss_nats": "loss with all heads, nats per token",
        "loss_nats": "loss with the shared heads, nats per token",
        "added_loss_nats": "loss added before training, nats per token",
        "added_by_mean_loss_nats": "loss added by the mean of each group, nats per token",
        "added_over_mean": "loss added, over that of the mean",
        "above_two_from_the_start_nats": "loss above the decoder trained with two heads, nats per token",
        "added_by_two_from_the_start_nats": "loss added by two heads from the start, nats per token",
        "recovered_share": "added loss recovered by training, share",
        "prediction_change": "change of the next token’s probabilities (total variation distance)",
    },
)
