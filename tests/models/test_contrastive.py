"""Losses on pairs and triplets, siamese networks and verification: values by hand and what must hold."""

import pytest
import torch

from models.contrastive import pair_losses, siamese, verification
from models.contrastive.pair_losses import (
    contrastive_loss,
    distance,
    easy,
    hard,
    hardest_negatives,
    mean_over_active,
    mean_over_all,
    pull_loss,
    random_negatives,
    semi_hard_negatives,
    slope,
    smooth_loss,
    squared_distance_loss,
    triplet_loss,
)
from models.contrastive.siamese import SiameseNetwork, TwoEncoders
from models.contrastive.verification import all_pairs, area_under_curve, neighbour_accuracy
from models.parameter_count import parameter_count
from models.seeding import generator, normal
from tests.shape_comments import shapes_checked

B, N, H, D = 9, 12, 5, 3
d = torch.tensor([0.0, 0.5, 1.0, 2.0])
SAME, DIFFERENT = torch.ones(4), torch.zeros(4)


def test_contrastive_losses_by_hand() -> None:
    assert contrastive_loss(d, SAME, 1.0).tolist() == [0, 0.25, 1, 4]
    assert contrastive_loss(d, DIFFERENT, 1.0).tolist() == [1, 0.25, 0, 0]
    assert squared_distance_loss(d, DIFFERENT, 1.0).tolist() == [1, 0.75, 0, 0]
    assert pull_loss(d, DIFFERENT, 1.0).tolist() == [0, 0, 0, 0]
    assert (smooth_loss(d, DIFFERENT, 1.0) - contrastive_loss(d, DIFFERENT, 1.0)).abs().max() < 0.01


def test_the_push_of_each_loss() -> None:
    assert slope(contrastive_loss, d, 0.0, 1.0).tolist() == pytest.approx([-2, -1, 0, 0])
    assert slope(squared_distance_loss, torch.tensor([0.0, 0.5]), 0.0, 1.0).tolist() == pytest.approx([0, -1])
    assert slope(contrastive_loss, d, 1.0, 1.0).tolist() == pytest.approx([0, 1, 2, 4])


def test_distances_have_a_slope_where_embeddings_coincide() -> None:
    a = torch.zeros(1, D, requires_grad=True)
    distance(a, torch.zeros(1, D)).sum().backward()
    assert a.grad is not None
    assert a.grad.isfinite().all()


def test_kinds_of_triplets_and_their_losses() -> None:
    positive, negative = torch.tensor([1.0, 1.0, 1.0]), torch.tensor([2.5, 1.5, 0.5])
    losses = triplet_loss(positive, negative, 1.0)
    assert losses.tolist() == [0, 0.5, 1.5]
    assert easy(positive, negative, 1.0).tolist() == [True, False, False]
    assert hard(positive, negative).tolist() == [False, False, True]
    assert (mean_over_all(losses).item(), mean_over_active(losses).item()) == pytest.approx((2 / 3, 1))
    assert mean_over_active(torch.zeros(3)) == 0


def test_negatives_are_of_other_classes_and_as_hard_as_said() -> None:
    z, y = normal(40, D, seed=0), torch.arange(40) % 4
    between, same = torch.cdist(z, z), y[:, None] == y
    positive = between[torch.arange(40), (torch.arange(40) + 4) % 40]
    for choose in (random_negatives, hardest_negatives, semi_hard_negatives):
        assert (y[choose(between, same, positive, generator(0))] != y).all()
    nearest = between[torch.arange(40), hardest_negatives(between, same, positive, generator(0))]
    assert torch.equal(nearest, between.masked_fill(same, torch.inf).amin(-1))
    semi = between[torch.arange(40), semi_hard_negatives(between, same, positive, generator(0))]
    possible = between.masked_fill(same, -torch.inf).amax(-1) > positive
    assert (semi[possible] > positive[possible]).all()


def test_one_encoder_is_symmetric_and_two_are_not() -> None:
    one, other = normal(B, N, seed=1), normal(B, N, seed=2)
    shared, apart = SiameseNetwork(N, H, D, 0), TwoEncoders(N, H, D, 0)
    assert torch.allclose(shared(one, other)[0], shared(other, one)[0])
    assert not torch.allclose(apart(one, other)[0], apart(other, one)[0], atol=0.01)
    assert parameter_count(apart) == 2 * parameter_count(shared)


def test_areas_under_curves() -> None:
    same = torch.tensor([True, True, False, False])
    assert area_under_curve(torch.tensor([0.1, 0.2, 0.3, 0.4]), same) == 1
    assert area_under_curve(torch.tensor([0.1, 0.3, 0.2, 0.4]), same) == 0.75
    assert area_under_curve(torch.tensor([0.4, 0.3, 0.2, 0.1]), same) == 0
    assert area_under_curve(torch.tensor([0.4, torch.nan, 0.2, 0.1]), same) != area_under_curve(d, same)


def test_neighbours() -> None:
    known, classes = torch.tensor([[0.0], [1.0]]), torch.tensor([3, 5])
    assert neighbour_accuracy(known, classes, torch.tensor([[0.2], [0.9], [0.4]]), torch.tensor([3, 5, 5])) == (
        pytest.approx(2 / 3)
    )


def test_shape_comments() -> None:
    P = B * (B - 1) // 2
    y = torch.arange(B) % 3
    with shapes_checked(siamese, B=B, H=H, D=D) as networks:
        model = SiameseNetwork(N, H, D, 0)
        z = model(normal(B, N, seed=1), normal(B, N, seed=2))[1].left.detach()
    assert networks.unreached() == []
    with shapes_checked(verification, P=P) as areas:
        area_under_curve(*all_pairs(z, z, y))
    assert areas.unreached() == []
    with shapes_checked(pair_losses, B=B, P=4) as losses:
        slope(contrastive_loss, d, 1.0, 1.0)
        semi_hard_negatives(torch.cdist(z, z), y[:, None] == y, torch.ones(B), generator(0))
    assert losses.unreached() == []
