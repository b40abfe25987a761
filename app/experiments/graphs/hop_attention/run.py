"""A bit eight hops away: trained graph transformers with four encodings, beside trained message-passing networks."""

from collections.abc import Mapping
from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.data.long_paths import FAR, PATH, long_paths
from models.graphs.pretrained_readers import (
    BUILDS,
    ENCODED,
    TRAININGS,
    Encoded,
    encoded,
    inputs,
    pretrained,
    random_signs,
)
from models.parameter_count import parameter_count
from models.seeding import generator
from models.training.long_paths import accuracy

GRAPHS = 80
CHOSEN_ON = 2
"""The best head is chosen on graphs of another seed."""

Encoding = Literal["no encoding", "shortest paths", "Laplacian", "random walks"]
Signs = Literal["random", "fixed in training", "fixed at the test"]
ARMS = tuple(BUILDS)


class HopControls(Controls):
    renamed: ClassVar[Mapping[str, str]] = {"signs=drawn in training": "random"}
    encoding: Encoding = Field("shortest paths", title="Encoding of the graph transformer")
    told: Literal["as they are", "permuted", "renumbered along"] = Field(
        "as they are", title="Encodings", description="Permuted: nodes exchange encodings; or all of the graph moves"
    )
    signs: Signs = Field(
        "random", title="Signs of eigenvectors", description="Of the Laplacian; in training and at the test"
    )
    graph: int = Field(0, ge=0, le=GRAPHS - 1, title="Graph")
    node: int = Field(0, ge=0, le=PATH - 1, title="Node that asks", description="Counted along the path")


class HopResult(NamedTuple):
    controls: HopControls
    arm: str
    adjacency: Tensor  # (N, N) of the shown graph
    on_path: list[int]  # numbers of its path nodes, in order along the path
    hops: Tensor  # (N, N)
    weights: Tensor  # (N,) of the asking node's best head, over the nodes
    by_hop: dict[str, Tensor]  # encoding → (16,) weight per hop distance over uniform weight, its best head
    right: dict[str, float]  # reader → share of right answers, mean of its trainings
    own: float  # the same of the chosen encoding, with encodings as told
    laplacian: float  # the same of the Laplacian arm, with signs as set
    unturned: float  # and with no sign turned
    parameters: int


def moved(given: Encoded, told: str, draws: torch.Generator) -> Encoded:
    """Encodings handed to other nodes of the same graph, or everything renumbered together."""
    if told == "as they are":
        return given
    keys = torch.rand(given.graphs.mask.shape, generator=draws) + (~given.graphs.mask) * 2.0
    order = keys.argsort(-1) if told == "renumbered along" else _among_nodes(given.graphs.mask, keys)
    pick = lambda t: t.gather(1, order.view(*order.shape, *[1] * (t.ndim - 2)).expand(order.shape + t.shape[2:]))
    square = lambda t: pick(pick(t).mT).mT
    graphs = given.graphs
    if told == "renumbered along":
        graphs = graphs._replace(
            adjacency=square(graphs.adjacency), features=pick(graphs.features), mask=pick(graphs.mask),
            asked=pick(graphs.asked), labels=pick(graphs.labels),
        )  # fmt: skip
    return Encoded(graphs, square(given.hops), pick(given.laplacian), pick(given.walks))


def _among_nodes(mask: Tensor, keys: Tensor) -> Tensor:
    """A random order of the nodes that are there, each of the others staying where it is.  (B, N)"""
    order = torch.arange(mask.shape[1]).expand(mask.shape).clone()
    for row, (there, key) in enumerate(zip(mask, keys)):
        places = there.nonzero().squeeze(-1)
        order[row, places] = places[key[places].argsort()]
    return order


@memo
def graphs_of(seed: int) -> Encoded:
    return encoded(long_paths(GRAPHS, generator(seed)))


def arm_of(encoding: str, signs: str) -> str:
    return "Laplacian, signs fixed" if (encoding, signs) == ("Laplacian", "fixed in training") else encoding


@memo
def share_right(arm: str, told: str, seed: int, turned: bool = True) -> float:
    """The share of asking nodes answered correctly, mean of the arm's trainings.

    Unless ``turned``, every eigenvector's sign is as it was computed, which is what fixed signs are in training.
    """
    draws = generator(seed + 1)
    given, signs = moved(graphs_of(seed), told, draws), random_signs(GRAPHS, draws)
    signs = signs if turned else torch.ones(GRAPHS, 1, ENCODED)
    return sum(accuracy(pretrained(arm, n), arm, given, signs) for n in range(TRAININGS)) / TRAININGS


@memo
@torch.inference_mode()
def attention(arm: str, training: int, seed: int) -> Tensor:
    """Weights of all heads of both layers.  (L·H, B, N, N)"""
    given = graphs_of(seed)
    _, trace = pretrained(arm, training)(*inputs(arm, given, random_signs(GRAPHS, generator(seed + 1))))
    return torch.cat(trace.weights, 1).transpose(0, 1)


def weight_by_hop(weights: Tensor, given: Encoded) -> Tensor:
    """Attention of asking nodes by hop distance, over that of uniform weights.  (L·H, B, N, N) → (L·H, 16)"""
    asked = given.graphs.asked[:, :, None] & given.graphs.mask[:, None]
    far = torch.arange(PATH)[:, None, None, None]
    there = (given.hops == far) & asked
    uniform = (1 / given.graphs.mask.sum(-1))[:, None, None]
    spread = torch.einsum("dbij,bij->d", there.float(), uniform.expand_as(given.hops).float())
    return torch.einsum("hbij,dbij->hd", weights, there.float()) / spread


@memo
def best_head(arm: str, training: int, seed: int) -> int:
    """The head with most weight eight hops away, on graphs of another seed."""
    return int(weight_by_hop(attention(arm, training, seed + CHOSEN_ON), graphs_of(seed + CHOSEN_ON))[:, FAR].argmax())


def run(controls: HopControls, device: str) -> HopResult:
    """On the CPU whatever the device: eighty graphs of at most 24 nodes keep no other one busy."""
    c, training = controls, controls.seed % TRAININGS
    arm, given = arm_of(c.encoding, c.signs), graphs_of(c.seed)
    laplacian, turned = arm_of("Laplacian", c.signs), c.signs != "fixed at the test"
    adjacency, hops = given.graphs.adjacency[c.graph], given.hops[c.graph]
    on_path = _along(adjacency, given.graphs.asked[c.graph], hops)
    head = best_head(arm, training, c.seed)
    shown = {"no encoding", "shortest paths", arm}
    by_hop = {
        name: weight_by_hop(attention(name, training, c.seed), given)[best_head(name, training, c.seed)]
        for name in ARMS
        if name in shown
    }
    return HopResult(
        c, arm, adjacency, on_path, hops, attention(arm, training, c.seed)[head, c.graph, on_path[c.node]],
        by_hop, {name: share_right(name, "as they are", c.seed) for name in ARMS},
        share_right(arm, c.told, c.seed, turned), share_right(laplacian, "as they are", c.seed, turned),
        share_right(laplacian, "as they are", c.seed, turned=False), parameter_count(pretrained(arm, training)),
    )  # fmt: skip


def _along(adjacency: Tensor, asked: Tensor, hops: Tensor) -> list[int]:
    """The path's nodes from one end to the other: the two that are farthest apart are its ends."""
    places = asked.nonzero().squeeze(-1)
    between = hops[places][:, places]
    end = int(between.amax(1).argmax())
    return [int(places[at]) for at in between[end].argsort()]


def measure(result: HopResult) -> Measurements:
    by_hop = result.by_hop[result.arm]
    short = {name: name.replace(", ", " ").replace(" ", "_").lower() for name in ARMS}
    return {
        "accuracy_percent": 100 * result.own,
        "weight_over_uniform_eight_hops_away": by_hop[FAR].item(),
        **{f"accuracy_{short[name]}_percent": 100 * right for name, right in result.right.items()},
        "accuracy_laplacian_as_set_percent": 100 * result.laplacian,
        "accuracy_laplacian_unturned_percent": 100 * result.unturned,
        "nodes": float((result.adjacency.sum(-1) > 0).sum()),
    }
