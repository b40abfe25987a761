"""Serves pooling alone: the same convolutions under different heads; cnn shows one whole network."""

from app.experiments.base import Experiment
from app.experiments.vision.pooling.figures import figures
from app.experiments.vision.pooling.run import PoolingControls, measure, run

EXPERIMENT = Experiment(
    PoolingControls,
    run,
    measure,
    figures,
    labels={
        "accuracy": "accuracy on held-out digits",
        "accuracy_moved_by_1": "accuracy on digits moved by one pixel",
        "accuracy_moved_by_2": "accuracy on digits moved by two pixels",
        "flattened_accuracy": "accuracy of the flattened head",
        "flattened_accuracy_moved_by_1": "accuracy of the flattened head on digits moved by one pixel",
        "flattened_accuracy_moved_by_2": "accuracy of the flattened head on digits moved by two pixels",
        "lead_moved_by_2": "accuracy minus that of the flattened head, digits moved by two pixels",
        "pixels_changed_share": "squared ink of held-out digits changed by a shift of one pixel, share",
        "pooled_changed_share": "squared ink of pooled digits changed by that shift, share",
        "pooled_changed_over_pixels_changed": "change of pooled images over change of pixels, shift of one pixel",
        "drawing_changed_by_1_share": "this digit pooled, changed by a shift of one pixel, share",
        "drawing_changed_by_2_and_a_cell_share": "this digit pooled, changed by two pixels and one cell back, share",
    },
)
