"""Serves i-jepa alone: its patches, masks and textures mean nothing for halves or frames."""

from app.experiments.base import Experiment
from app.experiments.contrastive.hidden_patches.figures import figures
from app.experiments.contrastive.hidden_patches.run import PatchesControls, measure, run

EXPERIMENT = Experiment(
    PatchesControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "error_over_copying_percent": "error, % of that of the nearest visible patch",
        "explained_percent": "variance around the mean vector of each position explained, %",
        "error": "error of the predicted vectors",
        "mean_vector_error": "error of the mean vector at each position",
        "copying_error": "error of the nearest visible patch",
        "probe_percent": "digits named from I-JEPA’s vectors, mean of five trainings, %",
        "pixel_probe_percent": "from the vectors of the network of pixels, mean of five, %",
        "untrained_probe_percent": "from untrained vectors, mean of five, %",
        "raw_probe_percent": "from the 64 pixels themselves, %",
        "probe_error_points": "sampling error of I-JEPA’s share, percentage points",
        "probe_kept_percent": "I-JEPA’s share at the strongest texture, % of that without",
        "pixel_probe_kept_percent": "the same, network of pixels",
    },
)
