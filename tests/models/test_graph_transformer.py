"""Encodings and attention of graph transformers, and the graphs whose answer is far away."""

import pytest
import torch

from models.data.long_paths import FAR, PATH, long_paths
from models.data.source_bit import adjacency_of
from models.graphs.graph_transformer import (
    attention_weights,
    hop_bias,
    laplacian_encoding,
    random_walk_encoding,
)
from models.graphs.hops import hop_distances
from models.graphs.long_range import virtual_message
from models.graphs.pretrained_readers import BUILDS, encoded, inputs, random_signs
from models.seeding import generator, normal, seeded

RING = adjacency_of(tuple((node, (node + 1) % 6) for node in range(6)), 6)


def test_every_path_node_has_one_answer_eight_hops_away() -> None:
    graphs = long_paths(20, generator(0))
    hops = hop_distances(graphs.adjacency)
    for graph in range(20):
        asked = graphs.asked[graph]
        assert asked.sum() == PATH
        far = (hops[graph] == FAR) & asked & asked[:, None]
        assert (far.sum(-1)[asked] == 1).all()
        bits = graphs.features[graph, :, 0]
        assert torch.equal((bits[far.float().argmax(-1)][asked] > 0).long(), graphs.labels[graph][asked])
        assert (hops[graph][graphs.mask[graph]][:, graphs.mask[graph]] < 24).all()
        assert bits[~asked].abs().sum() == 0


def test_laplacian_vectors_are_orthonormal_and_signs_multiply_them() -> None:
    p = laplacian_encoding(RING, 5)
    torch.testing.assert_close(p.T @ p, torch.eye(5), atol=1e-5, rtol=0)
    laplacian = torch.eye(6) - RING / 2
    values = torch.tensor([0.5, 0.5, 1.5, 1.5, 2.0])
    torch.testing.assert_close(laplacian @ p, p * values, atol=1e-5, rtol=0)
    signs = torch.tensor([1.0, -1, 1, -1, -1])
    assert torch.equal(laplacian_encoding(RING, 5, signs), p * signs)


def test_random_walks_on_a_ring_return_as_counted() -> None:
    walks = random_walk_encoding(RING, 4)
    assert walks.tolist() == [pytest.approx([0, 0.5, 0, 0.375])] * 6


def test_the_bias_is_looked_up_by_hops_and_far_nodes_share_the_last() -> None:
    bias = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    found = hop_bias(hop_distances(RING)[None], bias)
    assert found.shape == (1, 2, 6, 6)
    assert found[0, :, 0].tolist() == [[1, 2, 3, 3, 3, 2], [4, 5, 6, 6, 6, 5]]
    q, k = normal(1, 2, 6, 3, seed=0), normal(1, 2, 6, 3, seed=1)
    ours = attention_weights(q, k, found) @ k
    torch.testing.assert_close(ours, torch.nn.functional.scaled_dot_product_attention(q, k, k, attn_mask=found))
    wrong = torch.nn.functional.scaled_dot_product_attention(q, k, k)
    assert (ours - wrong).abs().max() > 0.05


def test_the_virtual_node_averages_the_nodes_that_are_there() -> None:
    h, mask = torch.tensor([[[1.0], [3.0], [50.0]]]), torch.tensor([[True, True, False]])
    assert virtual_message(h, mask).item() == 2


@pytest.mark.parametrize("arm", BUILDS)
def test_renumbering_moves_the_answers_and_padding_changes_none(arm: str) -> None:
    model, graphs = seeded(BUILDS[arm], 0), long_paths(3, generator(0))
    signs = random_signs(3, generator(1))
    before = model(*inputs(arm, encoded(graphs), signs))[0]
    order = torch.randperm(24, generator=generator(2))
    moved = graphs._replace(
        adjacency=graphs.adjacency[:, order][:, :, order],
        **{name: getattr(graphs, name)[:, order] for name in ("features", "mask", "asked", "labels")},
    )
    given = encoded(moved)
    same = encoded(graphs)
    given = given._replace(laplacian=same.laplacian[:, order])  # eigenvectors of equal eigenvalues are not unique
    after = model(*inputs(arm, given, signs))[0]
    torch.testing.assert_close(after[moved.mask], before[:, order][moved.mask], atol=1e-4, rtol=1e-3)
