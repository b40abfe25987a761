"""Serves positional-encoding alone: only there is a sentence read in another order, with a mask and without."""

from app.experiments.base import Experiment
from app.experiments.position.word_order.figures import figures
from app.experiments.position.word_order.run import OrderControls, measure, run

EXPERIMENT = Experiment(
    OrderControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.read.parameters,
    labels={
        "different_words_before_the_last": "different words that are shuffled",
        "largest_change_of_an_output": "largest change of an output without a mask, relative to its length",
        "largest_change_of_the_mean_output": "largest change of the mean output without a mask, relative to its length",
        "change_of_the_last_output_behind_the_mask_percent": "change of the last word's output behind the mask, %",
        "largest_change_behind_the_mask": "largest change of an output behind the mask, relative to its length",
        "loss_within_the_trained_length_nats": "loss within 64 tokens, nats per token",
        "loss_past_the_trained_length_nats": "loss past 64 tokens, nats per token",
        "gain_on_repeated_tokens_nats": "gain on tokens read again, nats per token",
        "right_on_repeated_tokens_percent": "right on tokens read again, %",
        "similarity_of_positions_32_apart": "similarity of positions 32 apart",
    },
)
