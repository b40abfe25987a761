"""Serves byol-simsiam alone: its five networks differ in guards that only methods without negatives have."""

from app.experiments.base import Experiment
from app.experiments.contrastive.self_targets.figures import figures
from app.experiments.contrastive.self_targets.run import SelfTargetsControls, measure, run

EXPERIMENT = Experiment(
    SelfTargetsControls,
    run,
    measure,
    figures,
    labels={
        "relative_spread": "spread of the network in the map; 1: even over the sphere",
        "effective_rank": "effective rank of the network in the map, of 64",
        "one_label_accuracy_percent": "one label per class, network in the map, % right",
        "pixel_accuracy_percent": "one label per class, raw pixels, % right",
        "averaged_accuracy_percent": "one label per class, no predictor but a moving average, % right",
        "byol_accuracy_percent": "one label per class, BYOL, % right",
        "probe_percent": "linear probe with all labels, network in the map, % right",
        "probe_error_points": "its sampling error, percentage points",
        "pixel_probe_percent": "linear probe of raw pixels, % right",
        "byol_probe_percent": "linear probe, BYOL, % right",
        "simsiam_probe_percent": "linear probe, SimSiam, % right",
        "probe_without_stop_percent": "linear probe, no stop-gradient, % right",
        "probe_without_predictor_percent": "linear probe, no predictor, % right",
        "averaged_probe_percent": "linear probe, no predictor but a moving average, % right",
        "loss": "loss of the network in the map, mean of the last 20 batches",
        "byol_spread": "spread, BYOL",
        "simsiam_spread": "spread, SimSiam",
        "lower_guarded_spread": "spread, the lower of BYOL and SimSiam",
        "spread_without_stop": "spread, no stop-gradient",
        "spread_without_predictor": "spread, no predictor",
        "spread_without_predictor_averaged": "spread, no predictor but a moving average",
        "byol_rank": "effective rank, BYOL",
        "rank_without_stop": "effective rank, no stop-gradient",
        "rank_without_predictor": "effective rank, no predictor",
        "loss_share_without_stop": "loss without stop-gradient, as a share of BYOL’s",
        "lowest_loss": "number of the bar with the lowest loss",
    },
)
