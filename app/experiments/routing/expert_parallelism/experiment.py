"""Serves expert-parallelism alone: the only page of this chapter with devices and traffic between them."""

from app.experiments.base import Experiment
from app.experiments.routing.expert_parallelism.figures import figures
from app.experiments.routing.expert_parallelism.run import ExpertParallelismControls, measure, run

EXPERIMENT = Experiment(
    ExpertParallelismControls,
    run,
    measure,
    figures,
    badge="simulation",
    labels={
        "largest_difference_from_one_device_share": "largest difference from one device, share",
        "busiest_device_over_uniform": "busiest device, over a uniform share",
        "moved_copies_share": "copies that leave their device, share",
        "dropped_share": "copies dropped, share",
        "waiting_share_of_compute": "waiting during compute, share",
        "traffic_share_of_time": "traffic, share of the time",
        "time_over_uniform": "time over that of a uniform load",
        "layer_microseconds": "time of the layer, simulated µs",
        "largest_sent_by_a_device_bytes": "sent by the busiest device, bytes",
    },
)
