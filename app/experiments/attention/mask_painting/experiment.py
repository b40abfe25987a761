"""Serves attention-mask alone: its layer is random, and cells of its mask are painted by hand."""

from app.experiments.attention.mask_painting.figures import figures
from app.experiments.attention.mask_painting.run import PaintControls, measure, notices, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    PaintControls,
    run,
    measure,
    figures,
    notices=notices,
    labels={
        "largest_row_sum_error": "largest difference of a row’s sum from 1",
        "mean_row_sum_percent": "mean sum of a row’s weights, %",
        "smallest_row_sum_percent": "smallest sum of a row’s weights, %",
        "largest_hidden_influence": "largest change of an output by a masked token, share of its length",
        "difference_from_alone": "largest difference from each text in a sequence of its own",
        "difference_from_masking_before": "largest difference of a weight from masking before the softmax",
        "allowed_pairs": "pairs that the mask allows",
        "fully_masked_rows": "fully masked rows",
    },
)
