"""Where one node attends on its graph, attention by hop distance, and how often each kind of network is right."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.graphs.drawn_graph import edges_of
from app.experiments.graphs.hop_attention.run import ARMS, HopResult
from app.provenance.origin import Plotted
from models.data.long_paths import FAR, PATH
from visualizers.curve import curves, mark_x
from visualizers.graph import network
from visualizers.horizontal_bars import horizontal_bars
from visualizers.marks import reference_line
from visualizers.theme import ACCENT, AXIS, INK


def figures(result: HopResult, metrics: Measurements) -> Figures:
    return {"graph": _graph(result), "hops": _hops(result, metrics), "readers": _readers(result, metrics)}


def _places(result: HopResult) -> np.ndarray:
    """The path along an arch, leaves outside of the node that holds them; what is no node of the graph is left out."""
    at = np.full((len(result.adjacency), 2), np.nan)
    for step, node in enumerate(result.on_path):
        angle = np.pi * (1 - step / (PATH - 1))
        at[node] = np.cos(angle), np.sin(angle)
        leaves = [one for one in result.adjacency[node].nonzero().flatten().tolist() if one not in result.on_path]
        for number, leaf in enumerate(leaves):
            turned = angle + 0.09 * (number - (len(leaves) - 1) / 2)
            at[leaf] = 1.28 * np.cos(turned), 1.28 * np.sin(turned)
    return at


def _graph(result: HopResult) -> Figure:
    places = _places(result)
    nodes = np.flatnonzero(np.isfinite(places[:, 0]))
    number = {int(node): place for place, node in enumerate(nodes)}
    asking = result.on_path[result.controls.node]
    answer = next(node for node in result.on_path if int(result.hops[asking, node]) == FAR)
    weights = result.weights[torch.from_numpy(nodes)]
    along = {node: step for step, node in enumerate(result.on_path)}
    hover = [
        f"{int(result.hops[asking, node])} hops away, weight {float(result.weights[node]):.3f}"
        + ("" if int(node) in along else ", a leaf")
        for node in nodes
    ]
    drawn = network(
        places[nodes], [(number[one], number[other]) for one, other in edges_of(result.adjacency)],
        values=[weights.numpy()], high=float(weights.max()), hover=[hover], size=24,
        rims=[ACCENT if node == asking else INK if node == answer else AXIS for node in nodes],
        symbols=["square" if node == asking else "diamond" if node == answer else "circle" for node in nodes],
    )  # fmt: skip
    dots = drawn.data[-1]
    dots.text = [str(int(result.hops[asking, node])) for node in nodes]
    dots.customdata = [[along.get(int(node))] for node in nodes]
    dots.meta = {"sets": ["node"]}
    return Figure(
        title="Where the square attends",
        caption=(
            "Numbers: hops from the {accent|square}. The answer is the bit of the diamond, eight hops away. Fill: the"
            " weight of the best head, chosen on other graphs. Click a node of the path."
        ),
        text=(
            f"The node eight hops away has {float(result.weights[answer]):.3f} of the best head’s weight; a uniform"
            f" share is {1 / len(nodes):.3f}."
        ),
        plot=drawn,
        height=360,
        sources=[Plotted(weights, trace="nodes", unit=None)],
    )


def _hops(result: HopResult, metrics: Measurements) -> Figure:
    lines = {name: values.numpy() for name, values in result.by_hop.items()}
    drawn = curves(list(range(PATH)), lines, x_title="hops away", markers=True, room=12)
    drawn.layout.annotations = ()
    drawn.add_shape(reference_line(y=1))
    mark_x(drawn, FAR, "the answer")
    named = {"no encoding": "no encoding", "shortest paths": "shortest-path bias"} | {result.arm: result.arm}
    named |= {"shortest paths": "shortest-path bias"}
    told = ", ".join(f"{{trace:{name}|{named[name]}}}" for name in lines)
    return Figure(
        title="Attention by hop distance, over uniform weight",
        caption=f"Best head of each transformer: {told}. At 1 a node gets as much as any other.",
        text=(
            f"Eight hops away the best head’s weight is {metrics['weight_over_uniform_eight_hops_away']:.1f} times"
            f" uniform; without an encoding it is {float(result.by_hop['no encoding'][FAR]):.1f} times."
        ),
        plot=drawn,
        height=330,
        half=True,
        sources=[Plotted(values, trace=name) for name, values in result.by_hop.items()],
    )


def _readers(result: HopResult, metrics: Measurements) -> Figure:
    shares = torch.tensor([result.right[name] for name in ARMS])
    return Figure(
        title="Correct answers, %",
        caption="Five graph transformers by what they are told of the graph, then three message-passing networks.",
        text=(
            f"As set, the graph transformer is right for {metrics['accuracy_percent']:.0f} % of the asking nodes; a GCN"
            f" of 8 layers with residual connections for {metrics['accuracy_gcn_8_layers_percent']:.0f} %, guessing for"
            " 50 %."
        ),
        plot=horizontal_bars(100 * shares.numpy(), labels=ARMS, picked=result.arm, as_="{:.0f}", left=160).update_xaxes(
            tickvals=[0, 50, 100]
        ),
        height=330,
        half=True,
        sources=[Plotted(shares, trace="values", unit=100.0)],
    )
