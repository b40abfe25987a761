"""Serves self-attention alone: it is the only page that puts a kernel in the place of attention."""

from app.experiments.attention.self_attention.figures import figures
from app.experiments.attention.self_attention.run import MixingControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    MixingControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "other_rows_moved_share": "other words whose weights change, share",
        "mean_change_of_other_rows": "weight of other words that moves, mean share",
        "pairs_one_step_apart_share": "pairs of tokens connected in one layer, share",
        "layers_to_join_ends": "layers until the last token depends on the first",
        "weight_on_later_words_percent": "attention weight on later tokens, %",
        "mixing_operations": "multiplications for comparing and mixing",
        "projecting_operations": "multiplications with the layer’s matrices",
        "mixing_growth_when_doubled": "growth of comparing and mixing when the text doubles",
        "crossover_tokens": "length at which comparing and mixing cost as much as the matrices, tokens",
        "mixing_over_projecting_at_twice_the_width": "comparing and mixing, over the matrices, at 2d tokens",
    },
)
