"""Serves graph-transformer alone: its trained models and their encodings have no other entry."""

from app.experiments.base import Experiment
from app.experiments.graphs.hop_attention.figures import figures
from app.experiments.graphs.hop_attention.run import ARMS, HopControls, measure, run

EXPERIMENT = Experiment(
    HopControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy_percent": "correct answers of the graph transformer as set, mean of three trainings, %",
        "weight_over_uniform_eight_hops_away": "weight eight hops away over uniform weight, best head",
        **{
            f"accuracy_{name.replace(', ', ' ').replace(' ', '_').lower()}_percent": f"correct answers, {name}, %"
            for name in ARMS
        },
        "accuracy_laplacian_as_set_percent": "correct answers, Laplacian, signs as set, %",
        "accuracy_laplacian_unturned_percent": "the same with no sign turned at the test, %",
        "nodes": "nodes of the shown graph",
    },
)
