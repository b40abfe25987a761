"""Serves siamese-network and contrastive-loss: one asks what is compared, the other what the loss does to a pair."""

from app.experiments.base import Experiment
from app.experiments.contrastive.pairs.figures import figures
from app.experiments.contrastive.pairs.run import PairsControls, measure, run

EXPERIMENT = Experiment(
    PairsControls,
    run,
    measure,
    figures,
    labels={
        "area": "area under the curve, held-out digits 0 to 6",
        "unseen_area": "area under the curve, digits 7 to 9",
        "pixel_area": "the same by raw pixels, digits 0 to 6",
        "unseen_pixel_area": "the same by raw pixels, digits 7 to 9",
        "gain_over_pixels": "area minus that of raw pixels, digits 0 to 6",
        "unseen_gain_over_pixels": "area minus that of raw pixels, digits 7 to 9",
        "neighbour_accuracy_percent": "nearest training example of the right class, %",
        "pushing_percent": "pairs of two digits within the margin, %",
        "same_distance": "mean distance of pairs of one digit, 0 to 6",
        "different_distance": "mean distance of pairs of two digits, 0 to 6",
        "pair_distance": "distance of your two digits",
        "change_by_swapping": "change of this distance when left and right are exchanged",
        "loss": "loss per pair, mean of the last 20 batches",
        "closest_unseen_pair": "closest two of the digits 7 to 9",
    },
)
