"""Serves graphsage alone: it trains on one graph and answers on another."""

from app.experiments.base import Experiment
from app.experiments.graphs.unseen_graph.figures import figures
from app.experiments.graphs.unseen_graph.run import SIZES, UnseenControls, measure, run

EXPERIMENT = Experiment(
    UnseenControls,
    run,
    measure,
    figures,
    labels={
        "new_graph_accuracy_percent": "blocks named correctly on the new graph, %",
        "seen_graph_accuracy_percent": "blocks named correctly on the graph trained on, %",
        "nodes_read": "nodes that the chosen node reads, itself included",
        "mean_degree": "neighbours per node of the new graph, mean",
        **{f"accuracy_with_{size}_neighbours_percent": f"new graph, {size} sampled, %" for size in SIZES},
        "gain_of_all_over_one_percent": "gain of reading all neighbours over one, points",
        "smallest_sample_near_all": "smallest sample within 10 points of all neighbours",
    },
)
