"""One node of a small graph asks for the bit of another; networks of one to five rounds learn to answer."""

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from app.experiments.base import Controls, Measurements
from app.experiments.edges import drawn_on, edges_among, with_edges
from app.experiments.memo import memo
from models.data.source_bit import EDGES, NODES, SOURCE, adjacency_of, source_bits
from models.graphs.hops import hop_distances
from models.graphs.message_passing import MessagePassing, MessagePassingTrace, renumbered
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

WIDTH, BATCH, STEPS, LEARNING_RATE = 24, 64, 130, 0.01
HELD_OUT, RENUMBERINGS = 400, 8
ROUNDS = (1, 2, 3, 4, 5)


class SourceControls(Controls):
    node: int = Field(3, ge=0, le=NODES - 1, title="Node that asks", description="It is asked for the bit of node 0")
    rounds: Literal[1, 2, 3, 4, 5] = Field(3, title="Rounds of messages")
    edges: Annotated[str, drawn_on(NODES)] = Field(
        "", title="Edges", description="Pairs whose edge comes or goes", json_schema_extra=edges_among(NODES, "node")
    )
    source: Literal["flag", "number"] = Field(
        "flag", title="Nodes are told apart by", description="A flag on node 0 alone, or a number on every node"
    )


class Learned(NamedTuple):
    """A trained network and what it answers on held-out bits."""

    model: MessagePassing
    right: float  # share of held-out samples
    right_renumbered: float  # the same after the nodes are renumbered, mean of several renumberings


class SourceResult(NamedTuple):
    controls: SourceControls
    adjacency: Tensor  # (N, N) with the drawn edges
    hops: Tensor  # (N, N)
    learned: Learned
    change: Tensor  # (T + 1, N) change of every state when the source's bit is flipped, share of the round's largest
    example: MessagePassingTrace  # states (N, D) of one held-out sample
    by_rounds: list[float]  # share of right answers after 1, 2, … rounds; not a number before it is known
    parameters: int


@memo
def adjacency_with(edges: str) -> Tensor:
    return with_edges(adjacency_of(EDGES, NODES), edges)


@memo
def learned(edges: str, node: int, rounds: int, source: str, seed: int) -> Learned:
    """A network of so many rounds, trained to answer at ``node``."""
    adjacency, by_number = adjacency_with(edges), source == "number"
    model = seeded(lambda: MessagePassing(1 + NODES, WIDTH, rounds), seed)
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    draws = generator(seed)
    for _ in range(STEPS):
        x, labels = source_bits(BATCH, draws, by_number=by_number)
        loss = binary_cross_entropy_with_logits(model(x, adjacency)[0][:, node], labels.float())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    model.requires_grad_(False)
    x, labels = source_bits(HELD_OUT, draws, by_number=by_number)
    right = lambda logits: ((logits > 0) == labels.bool()).float().mean().item()
    others = []
    for _ in range(RENUMBERINGS):
        order = torch.randperm(NODES, generator=draws)
        moved, between = renumbered(x, adjacency, order)
        moved = torch.cat([moved[..., :1], x[..., 1:]], -1) if by_number else moved  # numbers stay where they are
        others.append(right(model(moved, between)[0][:, int((order == node).nonzero())]))
    return Learned(model, right(model(x, adjacency)[0][:, node]), sum(others) / RENUMBERINGS)


def change_by_round(model: MessagePassing, x: Tensor, adjacency: Tensor) -> Tensor:
    """How far every state moves when the source's bit is flipped, as a share of the round's largest.  (T + 1, N)"""
    flipped = x.clone()
    flipped[:, SOURCE, 0] *= -1
    pairs = zip(model(x, adjacency)[1].states, model(flipped, adjacency)[1].states)
    moved = torch.stack([(one - other).norm(dim=-1).mean(0) for one, other in pairs])
    return moved / moved.amax(-1, keepdim=True).clamp_min(1e-12)


def run(controls: SourceControls, device: str) -> Iterator[SourceResult]:
    """On the CPU whatever the device: twelve nodes keep no other one busy."""
    chosen, by_number = controls.rounds, controls.source == "number"
    given = lambda rounds: learned(controls.edges, controls.node, rounds, controls.source, controls.seed)
    adjacency, own = adjacency_with(controls.edges), given(chosen)
    x, _ = source_bits(64, generator(controls.seed + 1), by_number=by_number)
    found = dict.fromkeys(ROUNDS, float("nan")) | {chosen: own.right}
    for rounds in (chosen, *[rounds for rounds in ROUNDS if rounds != chosen]):
        found[rounds] = given(rounds).right
        yield SourceResult(
            controls, adjacency, hop_distances(adjacency), own, change_by_round(own.model, x, adjacency),
            own.model(x[0], adjacency)[1], list(found.values()), parameter_count(own.model),
        )  # fmt: skip


def ring_and_triangles(model: MessagePassing) -> float:
    """Largest difference between the last states of a ring of six and those of two triangles, all nodes alike."""
    ring = adjacency_of(tuple((node, (node + 1) % 6) for node in range(6)), 6)
    triangles = adjacency_of(((0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)), 6)
    x = torch.ones(6, 1 + NODES)
    return (model(x, ring)[1].states[-1] - model(x, triangles)[1].states[-1]).abs().max().item()


def measure(result: SourceResult) -> Measurements:
    node, own = result.controls.node, result.learned
    hops = int(result.hops[SOURCE, node])
    return {
        "accuracy_percent": 100 * own.right,
        "renumbered_accuracy_percent": 100 * own.right_renumbered,
        "hops_to_the_source": float(hops) if hops < NODES else float("nan"),
        "nodes_within_reach": float((result.hops[node] <= result.controls.rounds).sum()),
        "change_at_the_node_percent": 100 * result.change[-1, node].item(),
        **{f"accuracy_with_{rounds}_rounds_percent": 100 * right for rounds, right in zip(ROUNDS, result.by_rounds)},
        "ring_and_triangles_difference": ring_and_triangles(own.model),
    }
