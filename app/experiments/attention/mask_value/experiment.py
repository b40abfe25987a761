"""Serves masked-attention-score alone: it compares number formats, which no other page on masks does."""

from app.experiments.attention.mask_value.figures import figures
from app.experiments.attention.mask_value.run import FillControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    FillControls,
    run,
    measure,
    figures,
    labels={
        "largest_leak": "largest weight on a masked token",
        "largest_leak_in_any_format": "largest weight on a masked token in any format",
        "difference_from_minus_infinity": "largest difference of a weight from adding −∞",
        "fully_masked_rows": "fully masked rows",
        "rows_not_a_number": "rows that are not a number",
        "weight_on_masked_tokens_in_full_rows": "weight on masked tokens in fully masked rows",
        "weight_range_in_masked_rows": "largest minus smallest weight in a fully masked row",
        "gradient_not_a_number_percent": "gradients that are not a number, %",
    },
)
