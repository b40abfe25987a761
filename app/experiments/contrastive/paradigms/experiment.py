"""Serves jepa-vs-paradigms alone: it compares across methods what other pages of the family show of one."""

from app.experiments.base import Experiment
from app.experiments.contrastive.paradigms.figures import figures
from app.experiments.contrastive.paradigms.run import ParadigmsControls, measure, run

EXPERIMENT = Experiment(
    ParadigmsControls,
    run,
    measure,
    figures,
    labels={
        "effective_rank": "effective rank, trained live, of 16",
        "relative_spread": "spread, trained live; 1: even over the sphere",
        "one_label_accuracy_percent": "one label per class, trained live, % right",
        "pixel_accuracy_percent": "one label per class, raw pixels, % right",
        "lead_over_pixels_points": "trained live, over raw pixels, percentage points",
        "loss": "loss, trained live, mean of the last 20 batches",
        "lowest_guarded_rank": "lowest effective rank with all guards, 20 recorded trainings",
        "highest_rank_without_stop": "highest effective rank without stop-gradient, recorded",
        "guards_that_matter": "guards whose removal lowers the rank by over two standard deviations, of 5",
        "least_effective_guard": "number of the bar whose removed guard lowers the rank least",
        "probe_percent": "linear probe with all labels, trained live, % right",
        "probe_error_points": "its sampling error, percentage points",
        "pixel_probe_percent": "linear probe of raw pixels, % right",
        "untrained_probe_percent": "linear probe of five untrained encoders, % right",
        "recorded_simclr_percent": "one label per class, SimCLR, five recorded trainings, % right",
        "recorded_autoencoder_percent": "one label per class, autoencoder, recorded, % right",
        "recorded_byol_percent": "one label per class, BYOL, recorded, % right",
        "recorded_jepa_percent": "one label per class, JEPA, recorded, % right",
        "recorded_simclr_probe_percent": "linear probe, SimCLR, recorded, % right",
        "recorded_autoencoder_probe_percent": "linear probe, autoencoder, recorded, % right",
        "recorded_byol_probe_percent": "linear probe, BYOL, recorded, % right",
        "recorded_jepa_probe_percent": "linear probe, JEPA, recorded, % right",
        "method_losing_most": "number of the method, of four, that keeps least of its accuracy under stripes",
    },
)
