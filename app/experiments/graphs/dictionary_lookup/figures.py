"""Two maps of edge weights, and a graph whose edges are drawn as wide as their weights."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.graphs.dictionary_lookup.run import Learned, LookupResult, NoiseWeights
from app.experiments.graphs.drawn_graph import edges_of
from app.provenance.origin import Plotted
from models.graphs.noise_edges import CLASSES, SIGNS
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, FAILED
from visualizers.weighted_graphs import weighted_graphs


def figures(result: LookupResult, metrics: Measurements) -> Figures:
    own, gat = result.controls.scoring, "GAT"
    return {
        "chosen": _weights(own, result.own, metrics["accuracy_percent"]),
        "gat": _weights(f"{gat}, for comparison", result.static, metrics["gat_accuracy_percent"]),
        "noise": _noise(result.noise, own, metrics),
    }


def _weights(name: str, of: Learned, right: float) -> Figure:
    guessing = 100 / len(of.weights)
    k = len(of.weights)
    drawn = heatmap(
        of.weights.numpy(), rows=list(map(str, range(k))), columns=list(map(str, range(k))), row_title="query",
        column_title="key", high=1.0,
    )  # fmt: skip
    return Figure(
        title=f"Edge weights of {name}",
        caption="One sample: a row per query, a column per key. The right key lies on the diagonal.",
        text=(
            f"The queries have {of.distinct:.1f} different first choices among {k} keys, and {right:.0f} % are answered"
            f" correctly; guessing is right for {guessing:.1f} %."
        ),
        plot=drawn,
        height=320,
        half=True,
        sources=[Plotted(of.weights)],
    )


def _noise(of: NoiseWeights, name: str, metrics: Measurements) -> Figure:
    gcn = "GCN, for comparison"
    classes = of.graph.classes.tolist()
    edges = [edges_of(of.graph.true), edges_of(of.graph.noise)]
    kinds = {"true edge": (edges[0], ACCENT), "noise edge": (edges[1], FAILED)}
    drawn = {
        panel: [_between(weights, one) for one in edges] for panel, weights in ((name, of.weights), (gcn, of.fixed))
    }
    hover = [
        f"node {node}, class {of_node}, features {', '.join(f'{value:.2f}' for value in values)}"
        for node, (of_node, values) in enumerate(zip(classes, of.graph.features.tolist()))
    ]
    return Figure(
        title="Weights of true and noise edges",
        caption=(
            f"A held-out graph. {{trace:{name}: true edge|True edges}} join nodes of one class (a ring),"
            f" {{trace:{name}: noise edge|noise edges}} two classes. Width: weight, mean of both directions."
        ),
        text=(
            f"In 64 held-out graphs {name} gives a true edge {metrics['true_over_noise_weight']:.1f} times the weight"
            f" of a noise edge, a GCN {metrics['gcn_true_over_noise_weight']:.2f} times. {name} names the class of"
            f" {metrics['node_accuracy_percent']:.0f} % of the nodes."
        ),
        plot=weighted_graphs(
            _rings(classes), kinds, {panel: [one.numpy() for one in both] for panel, both in drawn.items()}, hover
        ),
        height=330,
        sources=[
            Plotted(weights, trace=f"{panel}: weight of {kind}", unit=None)
            for panel, both in drawn.items()
            for kind, weights in zip(kinds, both, strict=True)
        ],
    )


def _between(weights: Tensor, edges: list[tuple[int, int]]) -> Tensor:
    """Mean weight of the two directions of each edge.  (N, N) → (edges,)"""
    both = (weights + weights.T) / 2
    return torch.stack([both[edge] for edge in edges]) if edges else both.new_zeros(0)


def _rings(classes: list[int]) -> np.ndarray:
    """A ring of nodes per class, in the corner of its two signs."""
    at, size = np.zeros((len(classes), 2)), len(classes) // CLASSES
    met = [0] * CLASSES
    for node, of_node in enumerate(classes):
        angle = 2 * np.pi * (met[of_node] + 0.5) / size
        met[of_node] += 1
        at[node] = 0.62 * SIGNS[of_node].numpy() + 0.36 * np.array([np.cos(angle), np.sin(angle)])
    return at
