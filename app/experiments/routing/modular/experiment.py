"""Serves modular-networks alone: modules composed in sequence, where all other pages route inside one layer."""

from app.experiments.base import Experiment
from app.experiments.routing.modular.figures import figures
from app.experiments.routing.modular.run import ModularControls, measure, run
from models.routing.modular_training import NETWORKS

NAMES = dict(zip(NETWORKS, ("given route", "learned route", "one network")))

EXPERIMENT = Experiment(
    ModularControls,
    run,
    measure,
    figures,
    parameters=lambda result: sum(result.parameters),
    labels={
        f"{kind}_accuracy_{network.replace(' ', '_')}_share": f"accuracy on {pairs} pairs, {name}, share"
        for kind, pairs in (("held_out", "held-out"), ("trained", "trained"))
        for network, name in NAMES.items()
    }
    | {
        "route_information_share": "function known from the module, share",
        "chance_accuracy_share": "accuracy by chance, share",
        "one_network_weights_over_modules": "weights of the one network over those of the modules",
    },
)
