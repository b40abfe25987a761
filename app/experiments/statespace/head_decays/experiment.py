"""What the heads of retention keep, by how fast they fade, and its forms side by side.

Serves retnet alone: a decay per head and a matrix; RWKV has one per channel and an average.
"""

from app.experiments.base import Experiment
from app.experiments.statespace.head_decays.figures import figures
from app.experiments.statespace.head_decays.run import RetentionControls, measure, run
from app.experiments.statespace.near_and_far import LABELS

EXPERIMENT = Experiment(
    RetentionControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        **LABELS,
        "near_less_far_share": "near facts answered right less far ones, share",
        "near_gained_share": "near facts answered right, gained by the change, share",
        "far_lost_beyond_near_share": "right answers lost by the change, far less near, share",
        "difference_within_the_first_chunk": "largest difference of a form within the first chunk",
        "shortest_half_life": "half-life of the fastest head, tokens",
        "longest_half_life": "half-life of the slowest head, tokens",
        "recurrent_from_tokens": "length from which the recurrent form takes fewer operations, tokens",
    },
)
