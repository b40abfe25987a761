"""Serves position-interpolation, ntk-aware-rope, yarn and ntk-yarn-family: one decoder stretched by a method."""

from app.experiments.base import Experiment
from app.experiments.position.rope_scaling.figures import figures
from app.experiments.position.rope_scaling.run import ScalingControls, measure, run

EXPERIMENT = Experiment(
    ScalingControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "loss_within_the_trained_length_nats": "loss within 64 tokens, nats per token",
        "loss_past_the_trained_length_nats": "loss past 64 tokens, nats per token",
        "loss_over_the_last_quarter_nats": "loss over the last quarter, nats per token",
        "cost_within_the_trained_length_nats": "cost within 64 tokens, nats per token",
        "gain_past_the_trained_length_nats": "gain past 64 tokens, nats per token",
        "cost_before_training_nats": "cost within 64 tokens before further training, nats per token",
        "cost_before_training_over_that_of_interpolation": "cost before further training, over interpolation's",
        "smallest_gain_of_a_method_nats": "smallest gain of a method past 64 tokens, nats per token",
        "extra_loss_over_yarn_in_the_last_quarter_nats": "extra loss over YaRN in the last quarter, nats per token",
        "largest_change_of_a_loss_nats": "largest change of a loss, nats",
        "fastest_pair_slowed_times": "factor by which the fastest pair is slowed",
        "slowest_pair_slowed_times": "factor by which the slowest pair is slowed",
        "slowest_pair_slowed_over_stretch": "factor of the slowest pair, over s",
        "new_angles_in_slow_pairs": "slow pairs that meet new angles",
        "lead_over_interpolation_and_ntk_in_the_last_quarter_nats": (
            "lead over interpolation and NTK-aware in the last quarter, nats per token"
        ),
        "effect_of_the_score_factor_nats": "change of the loss past 64 tokens by the score factor, nats per token",
        "best_score_factor": "factor of the scores with the lowest loss",
        "score_factor": "factor of the scores",
        "kept_pairs": "pairs kept, by their rotations",
        "blended_pairs": "pairs blended, by their rotations",
        "interpolated_pairs": "pairs fully interpolated, by their rotations",
        "raised_base": "raised base",
        "spread_of_methods_before_nats": "spread of the methods before further training, nats per token",
        "spread_of_methods_after_nats": "spread of the methods after it, nats per token",
        "spread_left_by_training": "spread of the methods, after over before",
    },
)
