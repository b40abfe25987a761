"""Serves longrope alone: it is the only entry whose factors are searched."""

from app.experiments.base import Experiment
from app.experiments.position.longrope.figures import figures
from app.experiments.position.longrope.run import LongropeControls, measure, run

EXPERIMENT = Experiment(
    LongropeControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "held_out_loss_nats": "loss of held-out texts, nats per token",
        "held_out_lead_over_yarn_nats": "lead over YaRN on held-out texts, nats per token",
        "held_out_lead_over_interpolation_nats": "lead over interpolation on held-out texts, nats per token",
        "searched_loss_nats": "loss of the searched texts, nats per token",
        "searched_lead_over_yarn_nats": "lead over YaRN on the searched texts, nats per token",
        "loss_past_the_trained_length_nats": "loss past 64 tokens, nats per token",
        "lead_over_yarn_past_the_trained_length_nats": "lead over YaRN past 64 tokens, nats per token",
        "change_by_first_positions_left_alone_nats": "change when the first 4 positions are left alone, nats per token",
        "fastest_pair_slowed_times": "factor of the fastest pair",
        "slowest_pair_slowed_times": "factor of the slowest pair",
        "first_positions_left_alone": "first positions left alone (n̂ found)",
        "candidates_tried": "candidates tried",
    },
)
