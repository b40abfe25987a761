"""Serves compressed-sparse-attention alone: its streams have one right answer per query, which texts do not."""

from app.experiments.attention.compressed_sparse.figures import figures
from app.experiments.attention.compressed_sparse.run import CompressedControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    CompressedControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "needle_recall": "facts from far back read correctly, share",
        "local_recall": "neighbours read correctly, share",
        "filler_recall": "unmarked tokens from far back read correctly, share",
        "full_needle_recall": "facts read correctly with full attention, share",
        "full_filler_recall": "unmarked tokens read correctly with full attention, share",
        "needles_picked": "facts asked for whose entry is picked, share",
        "recall_if_picked": "facts read correctly if their entry is picked, share",
        "recall_if_not_picked": "facts read correctly if their entry is not picked, share",
        "recall_gained_by_picking": "share read if picked, minus share if not",
        "attention_on_the_needles_entry": "attention on the fact’s entry, mean",
        "bytes_kept_share": "bytes kept over those of a full cache",
        "scores_of_the_core": "scores of the core for a new token",
        "scores_of_the_indexer": "scores of the indexer for a new token",
        "share_of_multiplications": "multiplications over those of full attention",
        "indexer_over_core_multiplications": "multiplications, indexer over core",
    },
)
