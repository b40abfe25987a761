"""Serves convolution-output-size alone: it lays windows over pixels; no other entry turns all four sizes."""

from app.experiments.base import Experiment
from app.experiments.vision.output_size.figures import figures
from app.experiments.vision.output_size.run import OutputSizeControls, measure, run

EXPERIMENT = Experiment(
    OutputSizeControls,
    run,
    measure,
    figures,
    labels={
        "output_rows": "rows of the output",
        "output_columns": "columns of the output",
        "rows_by_the_formula": "rows of the output by the formula",
        "unread_pixels": "pixels that no window reads, of 64",
        "unread_label_pixels": "pixels of the label’s column that no window reads, of 8",
        "accuracy": "accuracy on held-out images with the label in one column",
        "digit_accuracy": "accuracy of the digit network on held-out digits",
    },
)
