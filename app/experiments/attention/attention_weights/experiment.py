"""Attention weights of the trained decoder, what their values add to the output, and what each changes in the end.

Serves attention-weights alone: the changes are to weights and values, not to heads.
"""

from app.experiments.attention.attention_weights.figures import figures
from app.experiments.attention.attention_weights.run import WeightControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    WeightControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.text.parameters,
    notices=lambda result: result.text.notices,
    labels={
        "row_sum_error": "largest difference of a row's sum from 1",
        "most_attended_is_not_largest_share": "queries whose most attended token adds less than another, share",
        "differ_where_divided_share": "the same where no token has half of the weight, share",
        "rank_correlation_of_weight": "rank correlation of weight and effect",
        "rank_correlation_of_contribution": "rank correlation of contribution and effect",
        "gain_by_length": "gain in rank correlation by the length of values",
        "queries_measured": "queries measured",
    },
)
