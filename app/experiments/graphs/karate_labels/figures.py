"""Who joins which club as training goes on, what depth does to it, and the matrix that every layer multiplies by."""

from collections.abc import Mapping

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.graphs.drawn_graph import edges_of, parts_of
from app.experiments.graphs.karate_labels.run import DEPTHS, SMOOTHING, TRAININGS, KarateResult, accuracy
from app.provenance.origin import Plotted, computed
from models.data.karate_club import MEMBERS, POSITIONS
from models.graphs.gcn import normalised_adjacency
from models.layers.softmax import softmax
from visualizers.graph import network
from visualizers.marks import cell_frame
from visualizers.matrix import heatmap
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, AXIS, FAILED, INK


def figures(result: KarateResult, metrics: Measurements) -> Figures:
    return {
        "graph": _graph(result, metrics),
        "depth": _depth(result, metrics),
        "matrix": _matrix(result, metrics),
    }


def _graph(result: KarateResult, metrics: Measurements) -> Figure:
    own = result.own
    chance = computed(softmax, z=own.logits[:, 0])  # (S, N, K)
    lean = [(2 * row[:, 1] - 1).numpy() for row in chance.tensor]
    known = set(result.graph.known.tolist())
    wrong = chance.tensor[-1].argmax(-1) != result.graph.labels
    places = np.asarray(POSITIONS)[result.graph.order.numpy()]
    says = lambda share: f"{'officer' if share > 0 else 'instructor'} with {50 + 50 * abs(share):.0f} %"
    club = ("instructor", "officer")
    hover = [
        [
            f"member {one}: {says(share)}<br>joined the {club[int(result.graph.labels[one])]}"
            + (", label known" if one in known else "")
            for one, share in enumerate(row.tolist())
        ]
        for row in lean
    ]
    rims = [FAILED if wrong[one] and one not in known else INK if one in known else AXIS for one in range(MEMBERS)]
    drawn = network(
        places, edges_of(result.graph.adjacency), values=lean, signed=True, hover=hover, rims=rims, size=22,
        symbols=["square" if one in known else "circle" for one in range(MEMBERS)],
        names=list(map(str, own.taken)), start=len(lean) - 1, sets="node", draws="edges",
        **parts_of(result.controls.edges, result.graph.adjacency),
    )  # fmt: skip
    layers = result.controls.layers
    return Figure(
        title="Two labels, 32 predictions",
        caption=(
            "Members of a karate club that split in two. Squares: the two with a label, instructor and officer. Fill:"
            f" the predicted side, blue or orange, pale where unsure. {{failed|Red}} rim: wrong. One of {TRAININGS}"
            " trainings."
        ),
        text=(
            f"After {own.taken[-1]} steps, {layers} layer{'s' * (layers > 1)} sort"
            f"{'s' * (layers == 1)} {metrics['accuracy_percent']:.1f} % of the other 32 members correctly, mean of"
            f" {TRAININGS} trainings."
        ),
        plot=drawn,
        height=430,
        steps="step",
        start=len(lean) - 1,
        sources=[Plotted(chance, lambda p: p[..., 1], trace="nodes", framed=True, unit=None)],
    )


LINES = {"residual": True, "no residual": False}


def _by_depth(result: KarateResult, of: int, networks: Mapping[tuple[bool, int], float]) -> dict[str, np.ndarray]:
    """A line for either network and one for smoothing alone, over ``SMOOTHING``; of = 0: right nodes, 1: cosine."""
    missing = float("nan")
    lines = {name: np.asarray([networks.get((kind, x), missing) for x in SMOOTHING]) for name, kind in LINES.items()}
    return lines | {"averaging alone": np.asarray([result.smoothing[x][of] for x in SMOOTHING])}


def _depth(result: KarateResult, metrics: Measurements) -> Figure:
    right = _by_depth(result, 0, {key: accuracy(result, found) / 100 for key, found in result.by_depth.items()})
    alike = _by_depth(result, 1, {key: found.cosine for key, found in result.by_depth.items()})
    x = np.asarray(SMOOTHING, dtype=float)
    charts = {"correct, %": (right, 100.0, (40.0, 104.0)), "mean cosine of two members": (alike, 1.0, (0.0, 1.05))}
    drawn = strips(
        [
            Strip(title, {name: (x, unit * line) for name, line in lines.items()}, y_range=ends)
            for title, (lines, unit, ends) in charts.items()
        ],
        x_title="layers, or steps of averaging", marks={}, x_log=SMOOTHING,
    )  # fmt: skip
    drawn.update_xaxes(ticktext=["2", "8", "24", "", "64"])
    return Figure(
        title="Deeper: how many are right, how alike are they?",
        caption=(
            f"GCNs with {{trace:residual, correct, %|residual connections}} and"
            f" {{trace:no residual, correct, %|without}}, means of {TRAININGS} trainings."
            " {trace:averaging alone, correct, %|Averaging} without weights, then one linear classifier."
        ),
        text=(
            f"At {DEPTHS[-1]} layers {metrics['accuracy_residual_24_layers_percent']:.0f} % are right with residual"
            f" connections, {metrics['accuracy_plain_24_layers_percent']:.0f} % without. After {DEPTHS[-1]} steps of"
            f" averaging the mean cosine is {metrics['smoothing_cosine_24']:.3f}, and"
            f" {metrics['smoothing_accuracy_24_percent']:.0f} % are right."
        ),
        plot=drawn,
        height=420,
        half=True,
        sources=[
            Plotted(torch.from_numpy(line), trace=f"{name}, {title}", unit=unit)
            for title, (lines, unit, _) in charts.items()
            for name, line in lines.items()
        ],
    )


def _matrix(result: KarateResult, metrics: Measurements) -> Figure:
    node, loops = result.controls.node, result.controls.self_loops
    found = computed(normalised_adjacency, adjacency=result.graph.adjacency, self_loops=loops)
    every = [str(one) if one % 4 == 0 else "" for one in range(MEMBERS)]
    drawn = heatmap(found.tensor.numpy(), rows=every, columns=every, column_title="from member", row_title="to member")
    drawn.data[0].meta = {"sets": ["node"]}
    drawn.add_shape(cell_frame((node, node), (0, MEMBERS - 1), colour=ACCENT))
    friends = int(result.graph.adjacency[node].sum())
    return Figure(
        title="What every layer multiplies by",
        caption=(
            f"Row by row, the weights with which a member averages. The {{accent|framed row}} is member {node}’s;"
            " members with many friends count less each."
        ),
        text=(
            f"Member {node} has {friends} friend{'s' * (friends != 1)} and takes"
            f" {metrics['weight_on_itself']:.3f} of its own state; the weights of a row need not sum to 1."
        ),
        plot=drawn,
        height=420,
        half=True,
        sources=[Plotted(found)],
    )
