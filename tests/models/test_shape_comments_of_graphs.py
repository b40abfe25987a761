"""Every shape comment of the networks on graphs and of their data, executed."""

import torch

from models.data import planted_blocks, source_bit
from models.data.karate_club import karate_club
from models.graphs import gcn, graphsage, hops, label_training, message_passing
from models.seeding import generator, normal, seeded
from tests.shape_comments import shapes_checked

N, D = 34, 5


def test_message_passing_and_hops() -> None:
    adjacency, _ = karate_club()
    with shapes_checked(message_passing) as watch:
        seeded(lambda: message_passing.MessagePassing(D, 7, 2), 0)(normal(3, N, D, seed=0), adjacency)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(hops, N=N) as watch:
        hops.neighbourhood(adjacency, 0, 2)
    assert watch.reached
    assert not watch.unreached()


def test_gcn() -> None:
    adjacency, labels = karate_club()
    with shapes_checked(gcn, N=N) as watch:
        a_hat = gcn.normalised_adjacency(adjacency)
        seeded(lambda: gcn.GCN(D, 7, 2, 3, residual=True), 0)(normal(N, D, seed=0), a_hat)
        gcn.mean_cosine(gcn.smoothed(normal(N, D, seed=0), a_hat, 2))
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(label_training, N=N, R=3, K=2) as watch:
        given = {"layers": 2, "residual": False, "trainings": 3, "seed": 0, "steps": 2}
        label_training.from_labels(torch.eye(N), a_hat, labels, torch.tensor([0, 33]), **given)
    assert watch.reached
    assert not watch.unreached()


def test_graphsage() -> None:
    adjacency, _ = karate_club()
    most = int(adjacency.sum(-1).max())
    with shapes_checked(graphsage, N=N, S=most) as watch:
        for sample in (graphsage.all_neighbours(adjacency), graphsage.sampled(adjacency, most, generator(0))):
            for name in graphsage.AGGREGATORS:
                seeded(lambda n=name: graphsage.GraphSAGE(D, 7, 2, 2, n), 0)(normal(N, D, seed=0), [sample] * 2)
    assert watch.reached
    assert not watch.unreached()


def test_the_data() -> None:
    with shapes_checked(source_bit, B=6, N=12, F=13) as watch:
        source_bit.adjacency_of(source_bit.EDGES, source_bit.NODES)
        source_bit.source_bits(6, generator(0))
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(planted_blocks, N=N, K=2, F=D) as watch:
        directions = planted_blocks.block_directions(2, D, generator(0))
        planted_blocks.planted_blocks(N, directions, within=0.2, between=0.1, noise=1.0, draws=generator(0))
    assert watch.reached
    assert not watch.unreached()
