"""Serves kv-cache alone: a decoder generates here, while kv-cache-memory counts the bytes of published sizes."""

from app.experiments.base import Experiment
from app.experiments.serving.kv_cache.figures import figures
from app.experiments.serving.kv_cache.run import CacheControls, measure, run

EXPERIMENT = Experiment(
    CacheControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "generated_tokens": "tokens generated",
        "tokens_that_differ_from_those_without_a_cache": "tokens that differ from those without a cache",
        "largest_difference_of_a_first_logit": "largest difference of a logit at the first step",
        "computed_positions": "positions computed",
        "computed_positions_without_a_cache": "positions computed without a cache",
        "times_each_position_is_computed": "times each position is computed, on average",
        "held_at_the_end_bytes": "cache at the end, bytes",
        "largest_gap_from_the_formula_bytes": "largest difference between live tensors and formula, bytes",
        "last_token_flops": "work for the last token, FLOPs",
        "last_token_without_a_cache_flops": "work for the last token without a cache, FLOPs",
        "last_token_work_without_over_with_cache": "work for the last token without a cache, over that with it",
    },
)
