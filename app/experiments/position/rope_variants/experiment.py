"""Serves rope-variants alone: six published rules beside the library's numbers, on one decoder."""

from app.experiments.base import Experiment
from app.experiments.position.rope_variants.figures import figures
from app.experiments.position.rope_variants.run import VariantsControls, measure, run

EXPERIMENT = Experiment(
    VariantsControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "largest_difference_from_the_library": "largest relative difference from the library",
        "difference_of_the_score_factor": "difference of the factor on queries and keys",
        "loss_past_the_trained_length_nats": "loss past 64 tokens, nats per token",
        "loss_over_the_last_quarter_nats": "loss over the last quarter, nats per token",
        "cost_within_the_trained_length_nats": "cost within 64 tokens, nats per token",
        "extra_loss_over_yarn_in_the_last_quarter_nats": "extra loss over YaRN in the last quarter, nats per token",
        "extra_loss_over_rotated_keys_in_the_last_quarter_nats": "extra loss there by cached keys, nats per token",
        "fastest_pair_slowed_times": "factor of the fastest pair",
        "slowest_pair_slowed_times": "factor of the slowest pair",
        "pairs_left_alone": "pairs left alone, of 64",
        "pairs_slowed_by_the_whole_stretch": "pairs slowed by s, of 64",
        "score_factor": "factor of the scores",
    },
)
