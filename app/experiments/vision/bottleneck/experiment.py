"""Serves resnet-bottleneck alone: it counts directions and weights, which its neighbours do not."""

from app.experiments.base import Experiment
from app.experiments.vision.bottleneck.figures import figures
from app.experiments.vision.bottleneck.run import BottleneckControls, measure, run

EXPERIMENT = Experiment(
    BottleneckControls,
    run,
    measure,
    figures,
    labels={
        "effective_rank_of_the_sum": "effective rank of the sum of all blocks",
        "largest_effective_rank_of_a_block": "largest effective rank of one block",
        "rank_of_the_sum_over_width": "effective rank of the sum, over the channels inside a block",
        "rank_of_a_block_over_width": "largest effective rank of one block, over the channels inside it",
        "width_inside": "channels inside a block",
        "channels": "channels outside, C",
        "held_out_accuracy": "held-out digits named, share",
        "training_accuracy": "training digits named, share",
        "bottleneck_weights_at_256": "bottleneck block of 256 channels, weights",
        "basic_weights_at_64": "basic block of 64 channels, weights",
        "basic_weights_at_256": "basic block of 256 channels, weights",
        "steps": "training steps done",
    },
)
