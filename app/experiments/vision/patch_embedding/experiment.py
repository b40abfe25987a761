"""Serves patch-embedding alone: its networks differ in patch size and in what they know of order, no others do."""

from app.experiments.base import Experiment
from app.experiments.vision.patch_embedding.figures import figures
from app.experiments.vision.patch_embedding.run import PatchControls, measure, run

EXPERIMENT = Experiment(
    PatchControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy": "held-out digits recognised, patches as in training, share",
        "accuracy_shuffled": "recognised with newly shuffled patches, share",
        "accuracy_with_positions_shuffled": "trained with positions, recognised with shuffled patches, share",
        "accuracy_without_positions": "recognised without position vectors, share",
        "gain_by_positions": "accuracy above that without position vectors",
        "verdict_change": "largest change of a probability when the digit’s patches are shuffled",
        "embedding_difference": "largest difference of matrix and convolution",
        "tokens": "patches",
        "scores_per_head": "attention scores per head and layer, class token included",
        "similarity_distance_correlation": "correlation of position vectors’ similarity with distance",
    },
)
