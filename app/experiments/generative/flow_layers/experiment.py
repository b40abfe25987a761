"""Serves normalizing-flow alone: a chain trained on known densities; realnvp looks into one layer of it."""

from app.experiments.base import Experiment
from app.experiments.generative.flow_layers.figures import figures
from app.experiments.generative.flow_layers.run import FlowLayerControls, measure, run

EXPERIMENT = Experiment(
    FlowLayerControls,
    run,
    measure,
    figures,
    labels={
        "held_out_loss_nats": "loss of held-out points, nats per point",
        "true_entropy_nats": "loss of the true density, nats per point",
        "excess_nats": "held-out loss above that of the truth, nats per point",
        "integral": "integral of the density over the plane",
        "stray_percent": "samples far from every mode, %",
        "stray_of_the_truth_percent": "the same of the true distribution, %",
        "points_at_a_mode_percent": "samples within three deviations of a mode, %",
        "stray_over_truth": "share of strays over that of the truth",
        "log_det_difference": "log |det J| from automatic differentiation, largest difference in nats",
        "round_trip_error": "base points after a round trip, largest distance",
    },
)
