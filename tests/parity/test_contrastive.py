"""Losses against torch and pytorch-metric-learning, areas under curves against scikit-learn."""

import pytest
import torch
from pytorch_metric_learning.losses import NTXentLoss, SelfSupervisedLoss
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

from models.contrastive.clip import similarities, symmetric_loss
from models.contrastive.nt_xent import nt_xent, with_itself
from models.contrastive.pair_losses import contrastive_loss, distance, triplet_loss
from models.contrastive.siamese import Encoder
from models.contrastive.verification import all_pairs, area_under_curve, neighbour_accuracy
from models.seeding import generator, normal

pytestmark = pytest.mark.parity


def test_triplet_loss_and_its_gradient() -> None:
    """torch adds its small number inside the difference, ours stands under the root: 1e-6 apart."""
    ours = [(0.7 * normal(23, 5, seed=seed)).requires_grad_() for seed in range(3)]
    theirs = [one.detach().clone().requires_grad_() for one in ours]
    for margin in (0.3, 1.7):
        mine = triplet_loss(distance(ours[0], ours[1]), distance(ours[0], ours[2]), margin).mean()
        other = nn.TripletMarginLoss(margin)(*theirs)
        torch.testing.assert_close(mine, other, atol=1e-5, rtol=1e-5)
        gradients = zip(torch.autograd.grad(mine, ours), torch.autograd.grad(other, theirs))
        for one, another in gradients:
            torch.testing.assert_close(one, another, atol=1e-5, rtol=1e-4)
    exchanged = triplet_loss(distance(ours[0], ours[2]), distance(ours[0], ours[1]), 1.7).mean()
    assert not torch.allclose(exchanged, mine, atol=1e-3)


def test_contrastive_loss_in_loops() -> None:
    a, b, margin = normal(17, 4, seed=3), normal(17, 4, seed=4), 2.3
    same = (torch.arange(17) % 3 == 0).float()
    expected = []
    for one, other, alike in zip(a.tolist(), b.tolist(), same.tolist()):
        d = sum((x - y) ** 2 for x, y in zip(one, other)) ** 0.5
        expected.append(d**2 if alike else max(0.0, margin - d) ** 2)
    found = contrastive_loss(distance(a, b), same, margin)
    assert found.tolist() == pytest.approx(expected, rel=1e-4)
    assert contrastive_loss(distance(a, b), 1 - same, margin).tolist() != pytest.approx(expected, rel=1e-2)


def test_areas() -> None:
    z, y = normal(31, 3, seed=5), torch.arange(31) % 4
    distances, same = all_pairs(z, z + 0.1 * normal(31, 3, seed=6), y)
    theirs = roc_auc_score(same.numpy(), -distances.numpy())
    assert area_under_curve(distances, same) == pytest.approx(theirs, abs=1e-9)
    assert area_under_curve(-distances, same) != pytest.approx(theirs, abs=1e-3)


def test_nearest_neighbours() -> None:
    z, y, asked, classes = normal(40, 3, seed=7), torch.arange(40) % 4, normal(29, 3, seed=8), torch.arange(29) % 4
    theirs = KNeighborsClassifier(1).fit(z.numpy(), y.numpy()).score(asked.numpy(), classes.numpy())
    assert neighbour_accuracy(z, y, asked, classes) == pytest.approx(theirs)


def test_encoders() -> None:
    ours = Encoder(7, 5, 3, generator(9))
    theirs = nn.Sequential(nn.Linear(7, 5), nn.ReLU(), nn.Linear(5, 3))
    for layer, weight, bias in ((0, ours.first, ours.first_bias), (2, ours.second, ours.second_bias)):
        theirs[layer].weight.data, theirs[layer].bias.data = weight.data.T, bias.data + 0.2
        bias.data += 0.2
    x = normal(11, 7, seed=10)
    torch.testing.assert_close(ours(x)[0], theirs(x))
    theirs[0].bias.data += 0.1
    assert not torch.allclose(ours(x)[0], theirs(x), atol=1e-3)


@pytest.mark.parametrize("temperature", [0.07, 0.5, 3.0])
def test_nt_xent_and_its_gradient(temperature) -> None:
    ours = (1.7 * normal(2 * 13, 7, seed=10)).requires_grad_()
    theirs = ours.detach().clone().requires_grad_()
    mine = nt_xent(ours, temperature)
    other = SelfSupervisedLoss(NTXentLoss(temperature))(theirs[:13], theirs[13:])
    torch.testing.assert_close(mine, other, atol=1e-5, rtol=1e-5)
    gradients = (torch.autograd.grad(loss, z)[0] for loss, z in ((mine, ours), (other, theirs)))
    torch.testing.assert_close(*gradients, atol=1e-5, rtol=1e-3)
    assert (with_itself(ours, temperature) - other).abs() > 1e-3


def test_clip_loss_is_that_of_open_clip() -> None:
    """Its ClipLoss on one device: the mean of cross_entropy(scale · I Tᵀ) and of that of scale · T Iᵀ."""
    pictures, captions = (normal(11, 5, seed=seed) for seed in (20, 21))
    I, T = (each / each.norm(dim=-1, keepdim=True) for each in (pictures, captions))  # noqa: E741
    scale, labels = torch.tensor(14.3), torch.arange(11)
    per_picture, per_caption = scale * I @ T.T, scale * T @ I.T
    theirs = (nn.functional.cross_entropy(per_picture, labels) + nn.functional.cross_entropy(per_caption, labels)) / 2
    ours = symmetric_loss(similarities(I, T, scale.log()))
    torch.testing.assert_close(ours, theirs)
    assert (nn.functional.cross_entropy(per_picture, labels) - ours).abs() > 1e-3
