"""Serves graph-neural-network alone: the other entries ask what a kind of message does, not how far it goes."""

from app.experiments.base import Experiment
from app.experiments.graphs.source_bit.figures import figures
from app.experiments.graphs.source_bit.run import ROUNDS, SourceControls, measure, run

EXPERIMENT = Experiment(
    SourceControls,
    run,
    measure,
    figures,
    labels={
        "accuracy_percent": "correct answers on held-out bits, %",
        "renumbered_accuracy_percent": "correct answers after the nodes are renumbered, %",
        "hops_to_the_source": "shortest path to the source, edges",
        "nodes_within_reach": "nodes within as many hops as there are rounds",
        "change_at_the_node_percent": "change at the node when the source’s bit is flipped, % of the largest",
        **{
            f"accuracy_with_{rounds}_rounds_percent": f"correct answers with {rounds} round{'s' * (rounds > 1)}, %"
            for rounds in ROUNDS
        },
        "ring_and_triangles_difference": "largest difference of states, ring of six and two triangles",
    },
)
