"""Serves switch-transformer alone: one expert per token and a capacity, which no other layer here has."""

from app.experiments.base import Experiment
from app.experiments.routing.switch.figures import figures
from app.experiments.routing.switch.run import SwitchControls, measure, run

EXPERIMENT = Experiment(
    SwitchControls,
    run,
    measure,
    figures,
    badge="trained toy",
    notices=lambda result: result.text.notices,
    labels={
        "dropped_share": "tokens dropped, share of 1 024 held-out ones",
        "idle_slot_share": "idle slots, share",
        "dropped_on_screen_tokens": "tokens dropped in your text",
        "held_out_loss_nats": "loss on held-out text, nats per token",
        "loss_added_by_dropping_nats": "loss added by dropping, nats per token",
        "switch_loss": "balance E Σ f P (uniform: 1)",
        "mean_router_gradient": "mean gradient of a router logit",
        "mean_gate": "mean gate",
    },
)
