"""Few wide layers or many narrow ones, with equally many weights, on questions that take one step or two.

Serves depth-vs-width alone: its shapes differ in layers; the page on the FFN's ratio keeps two layers.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.layer_shapes.figures import figures
from app.experiments.transformers.layer_shapes.run import ShapeControls, measure, run

EXPERIMENT = Experiment(
    ShapeControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "one_hop_share": "right answers of one hop, share, mean of five trainings",
        "two_hop_share": "right answers of two hops, share, mean of five trainings",
        "many_pairs_share": "right answers of one hop among 32 pairs, share, mean of five trainings",
        "lowest_one_hop_share": "right answers of one hop among 8 or 32 pairs, worst shape, share",
        "highest_one_hop_share": "right answers of one hop among 8 or 32 pairs, best shape, share",
        "one_hop_difference": "one hop: best shape less worst, share",
        "two_hop_difference": "two hops: best shape less worst, share",
        "this_training_two_hop_share": "right answers of two hops, share, the seed's training",
        "chance": "share right by guessing",
    },
)
