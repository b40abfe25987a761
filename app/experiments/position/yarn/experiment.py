"""Serves yarn alone: its bounds and its factor on the scores mean nothing to the other stretched frequencies."""

from app.experiments.base import Experiment
from app.experiments.position.yarn.figures import figures
from app.experiments.position.yarn.run import YarnControls, measure, run

EXPERIMENT = Experiment(
    YarnControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "loss_within_the_trained_length_nats": "loss within 64 tokens, nats per token",
        "loss_past_the_trained_length_nats": "loss past 64 tokens, nats per token",
        "cost_within_the_trained_length_nats": "cost within 64 tokens, nats per token",
        "cost_over_that_of_interpolation": "cost within 64 tokens, over interpolation's",
        "lead_over_interpolation_and_ntk_in_the_last_quarter_nats": (
            "lead over interpolation and NTK-aware in the last quarter, nats per token"
        ),
        "effect_of_the_score_factor_nats": "change of the loss past 64 tokens by the score factor, nats per token",
        "best_score_factor": "factor of the scores with the lowest loss",
        "score_factor": "factor of the scores",
        "kept_pairs": "pairs kept",
        "blended_pairs": "pairs blended",
        "interpolated_pairs": "pairs fully interpolated",
    },
)
