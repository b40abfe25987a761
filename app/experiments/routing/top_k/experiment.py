"""Serves top-k-routing alone: it varies k where the pages on single layers keep the k of the training."""

from app.experiments.base import Experiment
from app.experiments.routing.top_k.figures import figures
from app.experiments.routing.top_k.run import TopKControls, measure, run

EXPERIMENT = Experiment(
    TopKControls,
    run,
    measure,
    figures,
    badge="trained toy",
    notices=lambda result: result.text.notices,
    labels={
        "kept_probability_share": "probability of the chosen experts, share",
        "kept_probability_at_1_share": "probability of the first expert, share",
        "load_variation": "coefficient of variation of the load",
        "dropped_share": "assignments dropped, share",
        "experts_with_gradient": "experts that receive gradient from the token",
        "largest_gradient_of_unchosen_experts": "largest gradient on an unchosen expert",
        "smallest_gradient_of_chosen_experts": "smallest gradient on a chosen expert",
    },
)
