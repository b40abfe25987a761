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
        "probe_percent": "digits named from I-JEPA’s vectors, %",
        "pixel_probe_percent": "digits named from the vectors of the network of pixels, %",
        "untrained_probe_percent": "digits named from untrained vectors, %",
        "textured_probe_percent": "under noise: from I-JEPA’s vectors, %",
        "textured_pixel_probe_percent": "under noise: from those of the network of pixels, %",
        "textured_untrained_probe_percent": "under noise: from untrained ones, %",
    },
)
