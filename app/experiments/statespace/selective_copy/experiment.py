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
        "accuracy_attention": "symbols copied by attention, share",
        "accuracy_s4d": "symbols copied by S4D, whose Δ, B and C are fixed, share",
        "misplaced_share": "answers that are another symbol of the sequence, 32 tokens, share",
        "misplaced_longer_share": "answers that are another symbol of the sequence, 48 tokens, share",
        "accuracy_longer_mamba": "symbols copied by Mamba from 48 tokens, share",
        "accuracy_longer_s4d": "symbols copied by S4D from 48 tokens, share",
        "accuracy_longer_attention": "symbols copied by attention from 48 tokens, share",
        "lead_over_s4d_longer": "share copied by Mamba minus share copied by S4D, 48 tokens",
        "accuracy_s4d_one_delay": "symbols copied by S4D where each stands 24 tokens before its copy, share",
        "worst_constant": "the mean that hurts most: 0 Δ, 1 B, 2 C",
        "delta_ratio": "mean Δ at symbols to copy over mean Δ at noise, shown layer",
        "delta_ratio_pickiest": "Δ at symbols to copy over Δ at noise, channel where they differ most",
        "delta_selective_channels": "channels whose Δ is 1.5 times as large at one as at the other, share",
        "hidden_weight_on_copied": "hidden attention on the symbol to be copied, shown layer, share",
        "attention_weight_on_copied": "attention weight on the symbol to be copied, attention model, share",
        "uniform_weight_on_copied": "equal weights on the symbol to be copied, share",
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
