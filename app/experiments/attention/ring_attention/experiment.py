"""Serves ring-attention alone: its devices exchange blocks of one attention layer."""

from app.experiments.attention.ring_attention.figures import figures
from app.experiments.attention.ring_attention.run import RingControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    RingControls,
    run,
    measure,
    figures,
    badge="simulation",
    labels={
        "largest_difference_from_full_share": "largest difference from full attention, share of the largest number",
        "sent_by_a_device_bytes": "sent by each device, bytes",
        "time_over_computing": "time of the run, over computing of the busiest device",
        "smallest_hidden_block_tokens": "smallest block that hides sending, tokens",
        "idle_share": "time in which devices are idle, share",
        "keys_held_share": "keys and values held by a device at a time, share",
    },
)
