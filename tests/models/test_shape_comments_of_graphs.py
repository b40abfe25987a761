"""Every shape comment of the networks on graphs and of their data, executed."""

import torch

from models.data import long_paths, marked_graphs, planted_blocks, source_bit
from models.data.karate_club import karate_club
from models.graphs import (
    gcn,
    graph_transformer,
    graphsage,
    hops,
    label_training,
    long_range,
    message_passing,
    pretrained_readers,
    readout,
    readout_training,
)
from models.seeding import generator, normal, seeded
from models.training import long_paths as recipe
from models.training.side_by_side import SideBySide
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


def test_readouts() -> None:
    with shapes_checked(marked_graphs, G=9, N=7) as watch:
        graphs = marked_graphs.marked_graphs(9, 4, 7, generator(0))
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(readout, R=3, Q=3, G=9, N=7, D=8) as watch:
        model = readout_training.start(0)
        answers, _ = model(graphs.features, graphs.adjacency, graphs.mask)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(readout_training, R=3, Q=3, G=9) as watch:
        readout_training.loss_of(model, graphs, graphs.mask)
        readout_training.share_right(answers, graphs)
    assert watch.reached
    assert not watch.unreached()


def test_graph_transformers_and_deep_networks() -> None:
    with shapes_checked(long_paths, B=5, N=24) as watch:
        graphs = long_paths.long_paths(5, generator(0))
    assert watch.reached
    assert not watch.unreached()
    given = pretrained_readers.encoded(graphs)
    signs = pretrained_readers.random_signs(5, generator(0))
    with shapes_checked(graph_transformer, B=5, H=4) as watch:
        pretrained_readers.encoded(graphs)
        model = seeded(pretrained_readers.transformer, 0)
        model(*pretrained_readers.inputs("Laplacian", given, signs))
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(long_range, B=5, N=24, D=32) as watch:
        for arm in ("GCN, 2 layers", "virtual node"):
            seeded(pretrained_readers.BUILDS[arm], 0)(*pretrained_readers.inputs(arm, given, signs))
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(recipe, B=3 * 2, N=24) as watch:
        pool = pretrained_readers.Encoded(
            long_paths.LongPaths(*(part.repeat_interleave(1000, 0) for part in graphs)),
            *(part.repeat_interleave(1000, 0) for part in given[1:]),
        )
        together = SideBySide([seeded(pretrained_readers.transformer, seed) for seed in range(3)])
        recipe.loss_of(together, "Laplacian", pool, 2, generator(0))
    assert watch.reached
    assert not watch.unreached()
