"""Serves mamba alone: the decays of the other recurrent layers do not depend on the token."""

from app.experiments.base import Experiment
from app.experiments.statespace.selective_copy.figures import figures
from app.experiments.statespace.selective_copy.run import CopyControls, measure, run

EXPERIMENT = Experiment(
    CopyControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy": "symbols copied rightly, share",
        "accuracy_mean_delta": "symbols copied with one mean Δ, share",
        "accuracy_mean_b": "symbols copied with one mean B, share",
        "accuracy_mean_c": "symbols copied with one mean C, share",
        "worst_constant": "the mean that hurts most: 0 Δ, 1 B, 2 C",
        "delta_ratio": "mean Δ at symbols to copy over mean Δ at noise, shown layer",
        "leak_share": "change of earlier outputs by the last token, share of the largest output",
        "scan_difference_share": "largest difference of scan and recurrence, share of the largest state",
        "copied_at_twice_the_length": "symbols copied from 64 tokens, trained at 32, share",
        "recall_16_pairs_mamba": "values of 16 keys recalled by Mamba, share",
        "recall_16_pairs_attention": "values of 16 keys recalled by attention, share",
        "state_bytes": "state per layer, bytes",
        "cache_bytes": "KV cache per layer, bytes",
        "operations_next_token": "operations for the next token, Mamba",
        "operations_next_token_attention": "operations for the next token, attention",
    },
)
