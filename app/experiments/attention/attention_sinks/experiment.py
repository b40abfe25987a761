"""Serves attention-sinks alone: its models are trained on symbols, for long streams and for the sink itself."""

from app.experiments.attention.attention_sinks.figures import figures
from app.experiments.attention.attention_sinks.published import PublishedSinks
from app.experiments.attention.attention_sinks.run import SinkControls, SinkResult, measure, run
from app.experiments.base import Experiment

EXCESS = "loss above the best possible, nats per symbol"

EXPERIMENT: Experiment[SinkControls, SinkResult | PublishedSinks] = Experiment(
    SinkControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "excess_nats": EXCESS,
        "window_only_excess_nats": f"window alone: {EXCESS}",
        "one_first_kept_excess_nats": f"first token kept: {EXCESS}",
        "two_first_kept_excess_nats": f"first two tokens kept: {EXCESS}",
        "others_kept_excess_nats": f"four other tokens kept: {EXCESS}",
        "full_cache_excess_nats": f"full cache: {EXCESS}",
        "share_recovered_by_first": "loss of the window recovered by the first token alone, share",
        "full_cache_within_training_length_excess_nats": f"full cache, up to the training length: {EXCESS}",
        "window_only_within_training_length_excess_nats": f"window alone, up to the training length: {EXCESS}",
        "idle_share_on_first": "attention of idle symbols on the first, share",
        "trigger_share_on_first": "attention of triggers on the first symbol, share",
        "first_value_norm_over_others": "length of the first value, over that of others",
        "recall_beyond_cache": "facts recalled from beyond the cache, share",
        "recall_within_cache": "facts recalled from inside the cache, share",
        "chance": "chance of naming the right fact",
        "idle_share_on_first_layer_0": "attention of idle symbols on the first in layer 0, share",
        "idle_share_on_first_layer_1": "attention of idle symbols on the first in layer 1, share",
        "first_value_norm_over_others_layer_0": "length of the first value in layer 0, over that of others",
        "share_on_first": "attention of later tokens on the first, share",
        "smallest_value_norm_over_others": "length of the first value over that of others, smallest of all layers",
        "text_loss_nats": "your cache: loss of your text, nats per token",
        "text_window_only_loss_nats": "window alone: loss of your text, nats per token",
        "text_one_first_kept_loss_nats": "first token kept: loss of your text, nats per token",
        "text_others_kept_loss_nats": "four other tokens kept: loss of your text, nats per token",
        "text_full_cache_loss_nats": "full cache: loss of your text, nats per token",
        "first_value_norm_over_others_layer_1": "length of the first value in layer 1, over that of others",
    },
)
