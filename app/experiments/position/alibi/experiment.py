"""Serves alibi alone: it needs the slopes of the heads and a test of copying."""

from app.experiments.base import Experiment
from app.experiments.position.alibi.figures import figures
from app.experiments.position.alibi.run import AlibiControls, measure, run

EXPERIMENT = Experiment(
    AlibiControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.read.parameters,
    labels={
        "recorded_loss_within_the_trained_length_nats": "recorded loss within 64 tokens, nats per token",
        "recorded_extra_loss_over_rope_within_the_trained_length_nats": (
            "recorded extra loss over RoPE within 64 tokens, nats per token"
        ),
        "loss_past_the_trained_length_nats": "loss past 64 tokens, nats per token",
        "lead_over_learned_and_rotary_positions_nats": (
            "lead over learned and rotary positions past 64 tokens, nats per token"
        ),
        "extra_loss_from_far_tokens_nats": "extra loss from tokens more than 64 back, nats per token",
        "stated_facts_recalled_percent": "facts stated in the text and recalled, %",
        "gain_on_repeated_tokens_nats": "gain on tokens read again, nats per token",
        "right_on_repeated_tokens_percent": "right on tokens read again, %",
        "steepest_head_distance_tokens": "mean distance of the steepest head, tokens",
        "flattest_head_distance_tokens": "mean distance of the flattest head, tokens",
        "flattest_over_steepest_head_distance": "mean distance, flattest over steepest head",
        "distance_that_halves_a_weight_in_the_flattest_head_tokens": (
            "distance that halves a weight in the flattest head, tokens"
        ),
    },
)
