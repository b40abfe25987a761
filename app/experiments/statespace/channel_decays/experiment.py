"""What RWKV's decays are good for, and its forms side by side.

Serves rwkv alone: a decay per channel and an average; retention has one per head and a matrix.
"""

from app.experiments.base import Experiment
from app.experiments.statespace.channel_decays.figures import figures
from app.experiments.statespace.channel_decays.run import DecayControls, measure, run
from app.experiments.statespace.near_and_far import LABELS

EXPERIMENT = Experiment(
    DecayControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        **LABELS,
        "far_behind_near_share": "near facts answered right less far ones, share",
        "near_in_long_texts_accuracy": "right answers, near facts in texts of 256 tokens, share",
        "outdated_in_long_texts_share": "of these, answered with an older value of the key, share",
        "chunkwise_difference": "largest difference of the chunkwise form from the parallel one",
        "not_a_number_share": "outputs of the recurrent form that are no numbers, share",
        "shortest_half_life": "shortest half-life of a channel, tokens",
        "mean_half_life": "geometric mean of the half-lives, tokens",
        "longest_half_life": "longest half-life, tokens",
        "state_bytes": "state, bytes",
        "cache_over_state": "a key/value cache of equal width after 256 tokens, over the state",
    },
)
