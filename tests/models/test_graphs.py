"""Networks on graphs: values worked out by hand, and what must not change."""

import pytest
import torch

from models.data.karate_club import EDGES, MEMBERS, POSITIONS, karate_club
from models.data.planted_blocks import block_directions, planted_blocks
from models.data.source_bit import adjacency_of, source_bits
from models.graphs import graphsage, message_passing
from models.graphs.gcn import GCN, graph_convolution, mean_cosine, normalised_adjacency, smoothed
from models.graphs.hops import hop_distances, neighbourhood
from models.graphs.label_training import from_labels, side_by_side
from models.graphs.rewiring import rewired
from models.seeding import generator, normal, seeded

PATH = adjacency_of(((0, 1), (1, 2), (2, 3)), 5)  # node 4 has no edge


def test_the_karate_club_is_zacharys() -> None:
    adjacency, clubs = karate_club()
    assert (len(set(EDGES)), MEMBERS, len(POSITIONS)) == (78, 34, 34)
    assert torch.equal(adjacency, adjacency.T)
    assert adjacency.sum(0)[[0, 33]].tolist() == [16, 17]
    assert clubs.bincount().tolist() == [17, 17]
    assert (clubs[0], clubs[33]) == (0, 1)


def test_hops_are_counted_along_edges() -> None:
    assert hop_distances(PATH).tolist()[0] == [0, 1, 2, 3, 5]
    assert neighbourhood(PATH, 1, 1).tolist() == [True, True, True, False, False]
    assert torch.equal(hop_distances(torch.stack([PATH, PATH]))[1], hop_distances(PATH))


def test_one_round_by_hand() -> None:
    h, own, sent = torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([[3.0]]), torch.tensor([[-1.0]])
    path = adjacency_of(((0, 1), (1, 2)), 3)
    r = message_passing.received(path, message_passing.messages(h, sent))
    assert r.flatten().tolist() == [-2, -5, -2]
    assert message_passing.updated(h, r, own, torch.tensor([-2.0])).flatten().tolist() == [0, 0, 8]
    rows = message_passing.terms(h, path, own, sent, torch.tensor([-2.0]), 1)
    assert rows.flatten().tolist() == [6, -1, -4, -2]


def test_renumbering_moves_the_answers_and_changes_none() -> None:
    model = seeded(lambda: message_passing.MessagePassing(13, 7, 3), 0)
    x, order = source_bits(5, generator(0)).features[:, :5], torch.tensor([3, 0, 4, 1, 2])
    before, _ = model(x, PATH)
    after, _ = model(*message_passing.renumbered(x, PATH, order))
    torch.testing.assert_close(after, before[:, order])


def test_nothing_is_known_beyond_as_many_hops_as_rounds() -> None:
    model = seeded(lambda: message_passing.MessagePassing(3, 6, 2), 1)
    x = normal(5, 3, seed=2).requires_grad_()
    (gradient,) = torch.autograd.grad(model(x, PATH)[0][0], x)
    assert (gradient.abs().sum(-1) > 0).tolist() == [True, True, True, False, False]


def test_a_ring_of_six_and_two_triangles_are_one_to_a_network() -> None:
    model = seeded(lambda: message_passing.MessagePassing(3, 6, 4), 1)
    ring = adjacency_of(tuple((node, (node + 1) % 6) for node in range(6)), 6)
    triangles = adjacency_of(((0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)), 6)
    torch.testing.assert_close(model(torch.ones(6, 3), ring)[0], model(torch.ones(6, 3), triangles)[0])


def test_the_normalised_adjacency_by_hand() -> None:
    a_hat = normalised_adjacency(adjacency_of(((0, 1),), 3))
    assert a_hat.flatten().tolist() == pytest.approx([0.5, 0.5, 0, 0.5, 0.5, 0, 0, 0, 1])
    assert normalised_adjacency(adjacency_of(((0, 1),), 3), 0)[2].tolist() == [0, 0, 0]
    largest = torch.linalg.eigvalsh(normalised_adjacency(karate_club()[0])).max()
    assert largest == pytest.approx(1, abs=1e-5)


def test_smoothing_makes_states_alike() -> None:
    a_hat, h = normalised_adjacency(karate_club()[0]), torch.eye(MEMBERS)
    torch.testing.assert_close(smoothed(h, a_hat, 3), a_hat @ a_hat @ a_hat)
    cosines = [mean_cosine(smoothed(h, a_hat, steps)).item() for steps in (0, 2, 8, 32)]
    assert cosines == sorted(cosines)
    assert (cosines[0], cosines[-1]) == (0, pytest.approx(1, abs=0.01))


def test_residual_layers_add_their_input_but_for_the_first_and_the_last() -> None:
    plain, added = (seeded(lambda r=r: GCN(4, 6, 2, 3, residual=r), 0) for r in (False, True))
    x, a_hat = normal(5, 4, seed=1), normalised_adjacency(PATH)
    first = plain(x, a_hat)[1].states[1]
    middle = graph_convolution(first, a_hat, plain.weights[1]).relu()
    torch.testing.assert_close(plain(x, a_hat)[1].states[2], middle)
    torch.testing.assert_close(added(x, a_hat)[1].states[2], middle + first)


def test_networks_side_by_side_are_what_each_is_alone() -> None:
    build = lambda: GCN(4, 6, 2, 3)
    x, a_hat = normal(5, 4, seed=1), normalised_adjacency(PATH)
    alone = [seeded(build, seed)(x, a_hat)[0] for seed in range(3)]
    together, _ = side_by_side([seeded(build, seed) for seed in range(3)])(x, a_hat)
    torch.testing.assert_close(together, torch.stack(alone))


def test_training_uses_the_known_labels_only() -> None:
    adjacency, labels = karate_club()
    known, a_hat = torch.tensor([0, 33]), normalised_adjacency(adjacency)
    other = labels.clone()
    other[5:20] = 1 - other[5:20]
    given = {"layers": 2, "residual": False, "trainings": 2, "seed": 0, "steps": 4, "snapshots": 2}
    one, two = (from_labels(torch.eye(MEMBERS), a_hat, each, known, **given) for each in (labels, other))
    assert torch.equal(one.logits, two.logits)
    assert (one.taken, one.logits.shape) == ([0, 2, 4], (3, 2, MEMBERS, 2))
    assert one.parameters == MEMBERS * 16 + 16 * 2


def test_rewiring_keeps_every_degree_and_moves_most_edges() -> None:
    adjacency, _ = karate_club()
    moved = rewired(adjacency, 1000, generator(0))
    assert torch.equal(moved, moved.T)
    assert moved.diagonal().sum() == 0
    assert torch.equal(moved.sum(0), adjacency.sum(0))
    assert (moved * adjacency).sum() < 0.5 * adjacency.sum()
    assert torch.equal(rewired(adjacency_of(((0, 1),), 3), 9, generator(0)), adjacency_of(((0, 1),), 3))


def test_samples_are_neighbours_and_nodes_without_any_have_none() -> None:
    sample = graphsage.sampled(PATH, 7, generator(0))
    assert sample.nodes.shape == (5, 7)
    for node in range(4):
        assert PATH[node][sample.nodes[node]].all()
    assert sample.counts.any(-1).tolist() == [True, True, True, True, False]
    whole = graphsage.all_neighbours(PATH)
    assert [set(nodes[counts].tolist()) for nodes, counts in zip(*whole)] == [{1}, {0, 2}, {1, 3}, {2}, set()]


def test_the_aggregators_by_hand() -> None:
    h, whole = torch.tensor([[1.0], [-2.0], [4.0], [8.0], [16.0]]), graphsage.all_neighbours(PATH)
    told = {name: aggregate(h, whole).flatten().tolist() for name, aggregate in graphsage.AGGREGATORS.items()}
    assert told == {"mean": [-2, 2.5, 3, 4, 0], "max": [-2, 4, 8, 4, 0], "sum": [-2, 5, 6, 4, 0]}
    assert graphsage.joined(h, h, torch.tensor([[1.0], [10.0]])).flatten().tolist() == [11, -22, 44, 88, 176]
    assert graphsage.unit_length(torch.tensor([[3.0, 4.0], [0.0, 0.0]])).tolist() == [
        pytest.approx([0.6, 0.8]),
        [0, 0],
    ]


def test_sampling_is_right_on_average() -> None:
    h, draws = normal(34, 3, seed=0), generator(1)
    adjacency, _ = karate_club()
    many = torch.stack([graphsage.mean_aggregate(h, graphsage.sampled(adjacency, 4, draws)) for _ in range(800)])
    exact = graphsage.mean_aggregate(h, graphsage.all_neighbours(adjacency))
    assert (many.mean(0) - exact).abs().max() < 0.12


def test_blocks_have_more_edges_within() -> None:
    directions = block_directions(4, 9, generator(0))
    torch.testing.assert_close(directions @ directions.T, torch.eye(4))
    blocks = planted_blocks(200, directions, within=0.3, between=0.02, noise=0.0, draws=generator(1))
    same = blocks.labels[:, None] == blocks.labels
    assert blocks.labels.bincount().tolist() == [50] * 4
    assert blocks.adjacency[same].mean() == pytest.approx(0.3 * 49 / 50, abs=0.03)
    assert blocks.adjacency[~same].mean() == pytest.approx(0.02, abs=0.005)
    assert torch.equal(blocks.features, directions[blocks.labels])


@pytest.mark.parametrize("aggregator", ["mean", "max", "sum"])
def test_every_weight_of_graphsage_learns(aggregator: str) -> None:
    model = seeded(lambda: graphsage.GraphSAGE(3, 6, 2, 2, aggregator), 0)
    logits, _ = model(normal(5, 3, seed=0), [graphsage.all_neighbours(PATH)] * 2)
    logits.square().sum().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in model.weights)
