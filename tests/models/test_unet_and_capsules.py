"""The U-Net, its scenes, and capsules: invariants, values worked out by hand, gradients."""

import math

import pytest
import torch
from torch.nn.functional import cross_entropy

from models.convolution.capsule_network import CapsuleNetwork, lengths_of, margin_loss, masked
from models.convolution.dynamic_routing import (
    coupling,
    coupling_over_inputs,
    dynamic_routing,
    exponential_squash,
    length,
    squash,
    squash_without_tiny,
    unit_length,
    unsquared_squash,
    votes_of,
)
from models.convolution.unet import UNet, joined, pixel_loss
from models.data.planted_votes import LENGTH, planted_votes
from models.data.scenes import SHAPES, SIDE, edges, scenes
from models.layers.he_start import he_started
from models.seeding import normal, seeded


def test_scenes_are_repeated_and_brighter_where_a_shape_is():
    first, again = scenes(20, 3), scenes(20, 3)
    assert torch.equal(first.images, again.images)
    assert first.images.shape == (20, 1, SIDE, SIDE)
    still = scenes(20, 3, noise=0.0)
    assert torch.equal(still.labels, first.labels)
    assert torch.equal(still.images[:, 0], (still.labels > 0).float())
    assert set(first.labels.unique().tolist()) == {0, 1, 2}
    assert not torch.equal(scenes(20, 4).labels, first.labels)
    assert SHAPES == 4


def test_edges_touch_another_class():
    labels = torch.zeros(1, 5, 5, dtype=torch.long)
    labels[0, 2, 2] = 1
    found = edges(labels)[0]
    assert found[1:4, 1:4].all()
    assert found.sum() == 9
    labels[0, :, 3:] = 2
    assert edges(labels)[0, 0].tolist() == [False, False, True, True, False]


def test_a_unet_gives_every_pixel_logits_and_hands_its_skips_across():
    model = he_started(UNet, 0)
    x = normal(2, 1, 16, 24, seed=0)
    logits, trace = model(x)
    assert logits.shape == (2, 3, 16, 24)
    assert [tuple(skip.shape[1:]) for skip in trace.skips] == [(6, 16, 24), (12, 8, 12), (24, 4, 6)]
    assert tuple(trace.bottom.shape[1:]) == (48, 2, 3)
    assert [r.shape for r in trace.rising] == [s.shape for s in trace.skips]
    again, _ = model.expand(trace.bottom, trace.skips)
    torch.testing.assert_close(again, logits)
    for level in range(3):
        changed = [skip + (number == level) for number, skip in enumerate(trace.skips)]
        assert not torch.allclose(model.expand(trace.bottom, tuple(changed))[0], logits)


def test_the_bottom_sees_furthest():
    model = he_started(UNet, 1)
    for parameter in model.parameters():
        parameter.data = parameter.data.abs()  # no ReLU hides a way
    x = normal(1, 1, 96, 96, seed=0).abs().requires_grad_()
    logits, trace = model(x)
    cut, _ = model.expand(trace.bottom.detach(), trace.skips)
    reach = [
        torch.autograd.grad(z[0, 0, 48, 48], x, retain_graph=True)[0][0, 0].nonzero()[:, 0].sub(48).abs().max().item()
        for z in (logits, cut)
    ]
    assert reach[0] > reach[1] > 12


def test_skips_stand_behind_what_comes_from_below():
    u, d = torch.ones(1, 1, 2, 2), torch.zeros(1, 2, 2, 2)
    assert joined(u, d)[0, :, 0, 0].tolist() == [1.0, 0.0, 0.0]


def test_the_pixel_loss_is_cross_entropy():
    z, labels = normal(2, 3, 4, 5, seed=0), torch.randint(3, (2, 4, 5))
    torch.testing.assert_close(pixel_loss(z, labels), cross_entropy(z, labels))
    assert pixel_loss(torch.zeros(1, 3, 2, 2), labels[:1, :2, :2]).item() == pytest.approx(math.log(3))


def test_squash_by_hand():
    assert squash(torch.tensor([3.0, 4.0])).tolist() == pytest.approx([0.6 * 25 / 26, 0.8 * 25 / 26])
    assert exponential_squash(torch.tensor([0.0, 2.0]))[1].item() == pytest.approx(1 - math.exp(-2))
    s = normal(50, 8, seed=0)
    assert unsquared_squash(torch.tensor([3.0, 4.0])).tolist() == pytest.approx([0.5, 2 / 3])
    for form in (squash, exponential_squash, unit_length, unsquared_squash):
        v = form(s)
        torch.testing.assert_close(torch.cosine_similarity(s, v, dim=-1), torch.ones(50))
        assert length(v).max() <= 1 + 1e-6
    torch.testing.assert_close(squash(s), squash_without_tiny(s))


def test_only_the_form_with_a_tiny_number_has_a_derivative_at_zero():
    jacobian = torch.autograd.functional.jacobian
    assert jacobian(squash, torch.zeros(3)).abs().max() == 0
    assert jacobian(squash_without_tiny, torch.zeros(3)).isnan().any()
    x = normal(3, seed=1).double()
    assert torch.autograd.gradcheck(squash, x.requires_grad_())


def test_two_rounds_of_routing_by_hand():
    """Two capsules below, two above, votes of one number; worked out with a calculator."""
    votes = torch.tensor([[[1.0], [0.0]], [[1.0], [2.0]]])[None]  # (1, I, J, 1)
    v, trace = dynamic_routing(votes, 2)
    assert trace.sums[0, 0, :, 0].tolist() == pytest.approx([1.0, 1.0])
    assert trace.outputs[0, 0, :, 0].tolist() == pytest.approx([0.5, 0.5])
    # logits 0.5, 0 and 0.5, 1: the second capsule below now prefers the second above
    c = 1 / (1 + math.exp(-0.5))
    expected = [c, 1 - c, 1 - c, c]
    assert trace.coupling[1].flatten().tolist() == pytest.approx(expected)
    s = [c * 1 + (1 - c) * 1, c * 2]
    assert trace.sums[1, 0, :, 0].tolist() == pytest.approx(s)
    assert v[0, :, 0].tolist() == pytest.approx([x * x / (1 + x * x) for x in s])


def test_couplings_sum_to_one_over_the_capsules_above():
    b = normal(2, 5, 3, seed=0)
    torch.testing.assert_close(coupling(b).sum(dim=-1), torch.ones(2, 5))
    torch.testing.assert_close(coupling_over_inputs(b).sum(dim=-2), torch.ones(2, 3))


def test_the_order_of_capsules_below_does_not_matter_and_that_of_those_above_carries_over():
    votes = normal(2, 6, 3, 4, seed=0)
    v, _ = dynamic_routing(votes, 3)
    below, above = torch.randperm(6), torch.tensor([2, 0, 1])
    torch.testing.assert_close(dynamic_routing(votes[:, below], 3)[0], v)
    torch.testing.assert_close(dynamic_routing(votes[:, :, above], 3)[0], v[:, above])


def test_routing_commutes_with_a_rotation_of_all_poses():
    votes = normal(2, 6, 3, 4, seed=0)
    turn = torch.linalg.qr(normal(4, 4, seed=1)).Q
    torch.testing.assert_close(dynamic_routing(votes @ turn, 4)[0], dynamic_routing(votes, 4)[0] @ turn)


def test_votes_are_products_with_their_own_matrices():
    u, W = normal(2, 3, 4, seed=0), normal(3, 5, 6, 4, seed=1)
    votes = votes_of(u, W)
    torch.testing.assert_close(votes[1, 2, 3], W[2, 3] @ u[1, 2])


def test_planted_votes_agree_where_they_say():
    planted = planted_votes(50, 0, agreeing=10)
    assert planted.agrees.sum(dim=1).tolist() == [10] * 50
    torch.testing.assert_close(planted.votes.norm(dim=-1), torch.full((50, 32, 4), LENGTH))
    cosine = torch.cosine_similarity(planted.votes[:, :, 0], planted.pose[:, None], dim=-1)
    assert cosine[planted.agrees].mean() > 0.8
    assert cosine[~planted.agrees].mean().abs() < 0.05


def test_the_margin_loss_by_hand():
    lengths = torch.tensor([[0.8, 0.3, 0.05]])
    expected = 0.1**2 + 0.5 * 0.2**2
    assert margin_loss(lengths, torch.tensor([0])).item() == pytest.approx(expected)
    assert margin_loss(torch.tensor([[0.95, 0.1, 0.0]]), torch.tensor([0])).item() == 0


def test_only_the_masked_capsule_reaches_the_decoder():
    model = seeded(CapsuleNetwork, 0)
    v, _ = model(normal(3, 1, 8, 8, seed=0))
    digit = torch.tensor([2, 0, 9])
    kept = masked(v, digit)
    assert (kept.abs().sum(dim=-1) > 0).sum(dim=1).tolist() == [1, 1, 1]
    torch.testing.assert_close(kept[0, 2], v[0, 2])
    drawn = model.decode(kept)
    assert drawn.shape == (3, 1, 8, 8)
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert lengths_of(v).shape == (3, 10)


def test_a_primary_capsule_reads_one_place_of_the_feature_maps():
    model = seeded(CapsuleNetwork, 0)
    features, primary = model.primary_capsules(normal(2, 1, 8, 8, seed=0))
    grid = model.to_primary(features)
    assert primary.shape == (2, 32, 4)
    torch.testing.assert_close(primary[1, 4 * 3 + 2], squash(grid[1, 12:16, 1, 0]))
