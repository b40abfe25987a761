"""Serves simclr alone: its temperature and its other views mean nothing to methods without negatives."""

from app.experiments.base import Experiment
from app.experiments.contrastive.views.figures import figures
from app.experiments.contrastive.views.run import ViewsControls, measure, run

EXPERIMENT = Experiment(
    ViewsControls,
    run,
    measure,
    figures,
    labels={
        "embedding_accuracy_percent": "one label per class, by embeddings, % right",
        "feature_accuracy_percent": "one label per class, by features in front of the projector, % right",
        "pixel_accuracy_percent": "one label per class, by raw pixels, % right",
        "untrained_accuracy_percent": "one label per class, by untrained embeddings, % right",
        "feature_probe_percent": "linear probe with all labels, of features, % right",
        "embedding_probe_percent": "linear probe of embeddings, % right",
        "pixel_probe_percent": "linear probe of raw pixels, % right",
        "probe_error_points": "sampling error of the probe of features, percentage points",
        "gain_points": "embeddings over raw pixels and untrained embeddings, percentage points",
        "projector_gain_points": "embeddings over features, percentage points",
        "alignment": "alignment: squared distance of two views of a digit",
        "uniformity": "uniformity of held-out embeddings",
        "effective_rank": "effective rank of held-out embeddings, of 32",
        "similarity_of_partners": "cosine of two views of a digit",
        "similarity_of_other_digits": "cosine of views of two classes",
        "loss": "loss, mean of the last 20 batches",
    },
)
