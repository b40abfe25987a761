"""Serves rope alone: its variants change frequencies on a trained model and do not rotate vectors on screen."""

from app.experiments.base import Experiment
from app.experiments.position.rope.figures import figures
from app.experiments.position.rope.run import RopeControls, measure, run

EXPERIMENT = Experiment(
    RopeControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.parameters,
    labels={
        "score": "score at this offset",
        "largest_spread_of_a_score": "largest change of a score at one offset",
        "largest_change_of_length": "largest relative change of a vector's length",
        "fastest_pair_full_rotation_tokens": "full rotation of the first pair, tokens",
        "slowest_pair_full_rotation_tokens": "full rotation of the last pair, tokens",
        "full_rotations_in_64_tokens_pairs": "pairs that complete a rotation within 64 tokens",
        "mean_score_at_63_over_score_at_0": "mean score of equal vectors, offset 63 over offset 0",
        "loss_past_the_trained_length_nats": "loss past 64 tokens, nats per token",
        "extra_loss_over_alibi_past_the_trained_length_nats": ("extra loss over ALiBi past 64 tokens, nats per token"),
        "extra_loss_from_far_tokens_nats": "extra loss from tokens more than 64 back, nats per token",
    },
)
