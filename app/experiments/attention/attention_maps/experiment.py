"""Attention in the trained decoder, whole or with the answer hidden from some heads.

Serves attention-mechanism alone: the other pages on heads change something else about them.
"""

from app.experiments.attention.attention_maps.figures import figures
from app.experiments.attention.attention_maps.run import MapControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    MapControls,
    run,
    measure,
    figures,
    badge="trained toy",
    parameters=lambda result: result.text.parameters,
    notices=lambda result: result.text.notices,
    labels={
        "answers_right_share": "share of 24 questions answered correctly",
        "answer_head_weight": "weight of layer 3, head 3 on the answer, mean of 24 questions",
        "picked_head_weight_on_answer": "weight of the picked head on the answer, mean of 24 questions",
        "heads_mostly_on_answer": "heads with more than half of their weight on the answer",
        "mean_weight_on_first_token": "weight of later tokens on the first, mean of all heads",
        "largest_distance_from_mean": "largest difference between an output and the weighted average of the values",
        "weight_of_the_query": "sum of the query's weights",
        "largest_weight": "largest weight of the query",
        "values_for_cosine_099": "values needed for a cosine of 0.99 with the output",
        "next_token_probability": "probability of the predicted next token",
    },
)
