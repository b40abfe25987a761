"""How a bit travels from the source to the node that asks, how many rounds it takes, and what is added up there."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.graphs.drawn_graph import edges_of, parts_of
from app.experiments.graphs.source_bit.run import ROUNDS, SourceResult
from app.provenance.origin import Plotted, computed
from models.data.source_bit import NODES, POSITIONS, SOURCE
from models.graphs.message_passing import terms
from visualizers.curve import curves, mark_x
from visualizers.graph import network
from visualizers.marks import reference_line
from visualizers.matrix import heatmap
from visualizers.theme import ACCENT, AXIS, INK, note


def figures(result: SourceResult, metrics: Measurements) -> Figures:
    return {
        "graph": _graph(result, metrics),
        "rounds": _rounds(result, metrics),
        "numbers": _numbers(result),
    }


def _away(result: SourceResult, node: int) -> str:
    hops = int(result.hops[SOURCE, node])
    return "no path to the source" if hops >= NODES else f"{hops} hop{'s' * (hops != 1)} from the source"


def _graph(result: SourceResult, metrics: Measurements) -> Figure:
    node, rounds = result.controls.node, result.controls.rounds
    known = result.hops[node] <= rounds
    symbols = ["square" if one == node else "diamond" if one == SOURCE else "circle" for one in range(NODES)]
    hover = [
        [f"node {one}, {_away(result, one)}<br>change {share:.0%}" for one, share in enumerate(row)]
        for row in result.change.tolist()
    ]
    drawn = network(
        np.asarray(POSITIONS), edges_of(result.adjacency), values=[row.numpy() for row in result.change], hover=hover,
        symbols=symbols, rims=[ACCENT if one == node else INK if known[one] else AXIS for one in range(NODES)],
        names=list(map(str, range(rounds + 1))), start=rounds, sets="node", draws="edges", size=26,
        **parts_of(result.controls.edges, result.adjacency),
    )  # fmt: skip
    return Figure(
        title="What knows of the source’s bit, round by round",
        caption=(
            f"Dark nodes change when node {SOURCE}’s bit (diamond) is flipped. The {{accent|square}} asks for"
            f" it. Thick outlines: all it can know after {rounds} round{'s' * (rounds > 1)}. Step through the rounds."
        ),
        text=(
            f"Node {node}, {_away(result, node)}, can know {metrics['nodes_within_reach']:.0f} of {NODES} nodes after"
            f" {rounds} round{'s' * (rounds > 1)}. Flipping the source’s bit changes its state by"
            f" {metrics['change_at_the_node_percent']:.0f} % of the largest change."
        ),
        plot=drawn,
        height=380,
        half=True,
        steps="round",
        start=rounds,
        sources=[Plotted(result.change, trace="nodes", framed=True)],
    )


def _rounds(result: SourceResult, metrics: Measurements) -> Figure:
    shares = 100 * np.asarray(result.by_rounds)
    drawn = curves(
        ROUNDS, {"": shares}, x_title="rounds of messages", y_range=(0, 105), markers=True, room=12,
        colours={"": ACCENT},
    )  # fmt: skip
    drawn.data[0].name = "accuracy"
    drawn.update_xaxes(tickmode="array", tickvals=list(ROUNDS), range=[0.7, max(ROUNDS) + 0.3])
    drawn.add_shape(reference_line(y=50))
    drawn.add_annotation(**note(max(ROUNDS) + 0.3, 50, "guessing", xanchor="right", yanchor="top"))
    if metrics["hops_to_the_source"] in ROUNDS:
        mark_x(drawn, metrics["hops_to_the_source"], "hops to the source")
        drawn.layout.annotations[-1].update(y=0.04, yanchor="bottom")
    return Figure(
        title="Correct answers by number of rounds, %",
        caption="Five networks, each {trace:accuracy|trained} for its own number of rounds, on held-out bits.",
        text=(
            f"With {result.controls.rounds} round{'s' * (result.controls.rounds > 1)},"
            f" {metrics['accuracy_percent']:.0f} % of the answers are correct; the source is"
            f" {_away(result, result.controls.node).removesuffix(' from the source')} away."
        ),
        plot=drawn,
        height=380,
        half=True,
        sources=[Plotted(torch.tensor(result.by_rounds), trace="accuracy", unit=100.0)],
    )


def _numbers(result: SourceResult) -> Figure:
    node, model = result.controls.node, result.learned.model
    found = computed(
        terms, h=result.example.states[-2], adjacency=result.adjacency, own=model.own[-1], sent=model.sent[-1],
        bias=model.biases[-1], node=node,
    )  # fmt: skip
    neighbours = result.adjacency[node].nonzero().flatten().tolist()
    rows = [f"own state, node {node}", *[f"message of node {one}" for one in neighbours], "bias"]
    drawn = heatmap(
        found.tensor.numpy(), rows=rows, signed=True,
        columns=[str(unit) if unit % 4 == 0 else "" for unit in range(found.tensor.shape[1])],
        column_title="unit of the new state",
    )  # fmt: skip
    drawn.update_layout(margin={"l": 132, "r": 8, "t": 8, "b": 44})
    total = found.tensor.sum(0)
    return Figure(
        title="One node, one round, in numbers",
        caption=(
            f"What node {node} adds up in the last round, for one sample: a row each, a column per unit. The new state"
            " is the sum of a column, or 0 where that is negative."
        ),
        text=(
            f"Node {node} adds {len(rows)} rows; {int((total > 0).sum())} of {len(total)} units of the sum are positive"
            " and stay."
        ),
        plot=drawn,
        height=90 + 26 * len(rows),
        sources=[Plotted(found)],
    )
