"""Query, key and value of the trained decoder, and a layer that takes keys or values from another text.

Serves query-key-value alone: the exchange across texts is about these three.
"""

from app.experiments.attention.query_key_value.figures import figures
from app.experiments.attention.query_key_value.run import PatchControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    PatchControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.text.parameters,
    labels={
        "answer_of_a_share": "answer of text A is named, share of 24 questions",
        "other_city_of_a_share": "other city of text A is named, share of 24 questions",
        "other_city_with_keys_of_b_share": "other city of text A is named with keys of text B, share of 24",
        "city_of_b_at_the_position_share": "city of text B at the position of the answer is named, share of 24",
        "answer_of_b_share": "answer of text B is named, share of 24 questions",
        "answer_of_a_unpatched_share": "answer of text A is named with nothing patched, share of 24 questions",
        "largest_weight_change": "largest change of a weight of the layer",
        "output_change_share": "change of the head's output over its length",
        "largest_score": "largest score of the query",
        "largest_weight": "largest weight of the query",
    },
)
