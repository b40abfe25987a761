"""The neighbours that one node of the new graph samples, and how much the size of the sample matters."""

import math

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.graphs.drawn_graph import edges_of
from app.experiments.graphs.unseen_graph.run import BLOCKS, NODES, SIZES, UnseenResult, reached
from app.provenance.origin import Plotted
from visualizers.curve import curves
from visualizers.graph import network
from visualizers.marks import reference_line
from visualizers.theme import AXIS, FAILED, INK, INK_3, SERIES, note

SIZE = NODES // BLOCKS


def figures(result: UnseenResult, metrics: Measurements) -> Figures:
    return {"graph": _graph(result, metrics), "sizes": _sizes(result, metrics)}


def _places() -> np.ndarray:
    """Every block as a disc of its own, its nodes along a spiral."""
    at = []
    for node in range(NODES):
        block, number = divmod(node, SIZE)
        turn, radius = number * math.pi * (3 - math.sqrt(5)), 0.42 * math.sqrt((number + 0.5) / SIZE)
        centre = ((block % 2) - 0.5, 0.5 - block // 2)
        at.append((centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)))
    return np.asarray(at)


def _graph(result: UnseenResult, metrics: Measurements) -> Figure:
    node, graph = result.controls.node, result.graphs.new
    one, two = reached(result)
    said = result.logits.argmax(-1).tolist()
    used = lambda edge: (node in edge and (set(edge) - {node}) <= one) or (set(edge) & one and set(edge) & two)
    edges = edges_of(graph.adjacency)
    weights = {edge: 0.5 if node in edge and used(edge) else 0.3 if used(edge) else 0.0 for edge in edges}
    rims = [FAILED if said[each] != graph.labels[each] else INK if each == node else AXIS for each in range(NODES)]
    hover = [f"node {each} of block {graph.labels[each] + 1}<br>predicted: {said[each] + 1}" for each in range(NODES)]
    drawn = network(
        _places(), edges, rims=rims, weights=weights, sets="node", size=15, hover=[hover],
        colours=[SERIES[said[each]] if each in one | two | {node} else INK_3 for each in range(NODES)],
        symbols=["square" if each == node else "circle" for each in range(NODES)],
    )  # fmt: skip
    for trace in drawn.data:
        if trace.name == "edges, width 1":
            trace.line.width = 0.3
    inside = "; most edges stay inside one" if result.controls.edges == "as planted" else ""
    return Figure(
        title="A graph never seen in training: what one node reads",
        caption=(
            f"Four blocks of nodes, drawn apart{inside}. The square is node {node}. Thick lines lead to the neighbours"
            " that it sampled, thinner ones to theirs."
            " Fill: the predicted block, for nodes that were read. {failed|Red} rim: wrong."
        ),
        text=(
            f"Node {node} reads {metrics['nodes_read']:.0f} of {NODES} nodes. On the new graph"
            f" {metrics['new_graph_accuracy_percent']:.0f} % of the nodes are sorted correctly."
        ),
        plot=drawn,
        height=440,
        half=True,
    )


def _sizes(result: UnseenResult, metrics: Measurements) -> Figure:
    places = np.arange(len(SIZES))
    lines = {
        "new graph": np.asarray([100 * result.by_size[size][1] for size in SIZES]),
        "seen graph": np.asarray([100 * result.by_size[size][0] for size in SIZES]),
    }
    drawn = curves(places, lines, x_title="neighbours sampled", y_range=(0, 105), markers=True, room=12)
    drawn.layout.annotations = ()
    drawn.update_xaxes(tickmode="array", tickvals=places.tolist(), ticktext=list(SIZES))
    guess = 100 / BLOCKS
    drawn.add_shape(reference_line(y=guess))
    drawn.add_annotation(**note(len(SIZES) - 1, guess, "guessing", xanchor="right", yanchor="top"))
    drawn.add_shape(reference_line(x=SIZES.index(result.controls.neighbours)))
    return Figure(
        title="Blocks named correctly, %",
        caption=(
            "A network per size of the sample, on the {trace:seen graph|graph it trained on} and on the"
            " {trace:new graph|new one}. The vertical line: this page’s setting."
        ),
        text=(
            f"With {result.controls.neighbours} neighbours: {metrics['seen_graph_accuracy_percent']:.0f} % on the seen"
            f" graph, {metrics['new_graph_accuracy_percent']:.0f} % on the new one; a node has"
            f" {metrics['mean_degree']:.1f} neighbours on average."
        ),
        plot=drawn,
        height=440,
        half=True,
        sources=[Plotted(torch.from_numpy(lines[name]), trace=name) for name in lines],
    )
