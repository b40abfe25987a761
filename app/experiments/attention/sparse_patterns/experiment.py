"""Serves longformer-bigbird alone: it lays patterns over an encoder, where the other masks are those of decoders."""

from app.experiments.attention.sparse_patterns.figures import figures
from app.experiments.attention.sparse_patterns.run import PatternControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    PatternControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "scores": "scores of the pattern",
        "full_scores": "scores of full attention",
        "share_of_scores": "scores of the pattern, share",
        "scores_when_doubled_over": "scores for 128 tokens over 64",
        "longest_path_hops": "longest path, layers",
        "mean_path_hops": "mean path, layers",
        "longest_path_window_only_hops": "longest path with the window alone, layers",
        "longest_path_with_random_hops": "longest path with window and random links, layers",
        "pairs_judged_right": "pairs judged correctly, share",
        "pairs_lost": "pairs judged correctly by full attention minus by the pattern, share",
        "masked_words_found": "masked words predicted correctly, share",
        "masked_words_found_by_full": "masked words predicted correctly by full attention, share",
        "added_masked_loss_nats": "loss added, nats per masked word",
    },
)
