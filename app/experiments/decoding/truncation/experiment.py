"""Serves sampling, top-k-sampling, top-p-sampling and min-p-sampling: one pipeline of filters, a preset for each."""

from app.experiments.base import Experiment
from app.experiments.decoding.truncation.figures import figures
from app.experiments.decoding.truncation.run import TruncationControls, measure, run

MISFIT = "misfit of kept and possible words"

EXPERIMENT = Experiment(
    TruncationControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "misfit": f"{MISFIT}, mean",
        "k_by_entropy_misfit": f"one k per context, by its entropy: {MISFIT}, mean",
        "best_k_misfit": f"best k: {MISFIT}, mean",
        "best_k": "value of k with the smallest mean misfit",
        "best_p_misfit": f"best top-p: {MISFIT}, mean",
        "top_p_gain_over_top_k": f"best top-p below best top-k: {MISFIT}, mean",
        "min_p_gain_over_top_p": f"best min-p below best top-p: {MISFIT}, mean",
        "best_min_p_misfit": f"best min-p: {MISFIT}, mean",
        "impossible_share": "probability of impossible words after the filters",
        "kept_tokens": "tokens kept, mean",
        "kept_set_changes": "tokens kept that are cut at temperature 1, mean",
        "hiring_kept_tokens": "hiring, 2 possible: tokens kept",
        "trades_kept_tokens": "trades, 2 possible: tokens kept",
        "walks_kept_tokens": "walks, 4 possible: tokens kept",
        "crowd_kept_tokens": "crowd, 72 possible: tokens kept",
        "hiring_options_kept_share": "hiring: possible words kept, share",
        "trades_options_kept_share": "trades: possible words kept, share",
        "walks_options_kept_share": "walks: possible words kept, share",
        "crowd_options_kept_share": "crowd: possible words kept, share",
        "distinct_samples": "different texts of 64",
        "possible_samples_share": "possible texts, share",
        "distinct_possible_samples": "different and possible texts of 64",
        "shown_kept_tokens": "tokens kept after the text shown",
    },
)
