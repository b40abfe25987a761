"""Views of digits, NT-Xent, one-label accuracy, and learning from one's own other view."""

import math

import pytest
import torch

from models.contrastive import few_labels, nt_xent, self_distillation, view_encoder
from models.contrastive.few_labels import one_label_accuracy, one_of_each
from models.contrastive.nt_xent import alignment, pull_alone, similarities, uniformity, unit, with_itself
from models.contrastive.self_distillation import (
    Predictor,
    byol,
    cosine_error,
    follow,
    of_the_other_view,
    relative_spread,
    simsiam,
    without_predictor,
    without_predictor_averaged,
    without_stop,
)
from models.contrastive.view_encoder import ViewEncoder, as_it_is, batch_normalised
from models.data import digit_views
from models.data.digit_views import Ranges, placed, placement, textures, view
from models.data.digits import digits
from models.seeding import generator, normal
from tests.shape_comments import check_fields, shapes_checked

A, B, N, H, C, D = 3, 6, 64, 7, 5, 4
AXES = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0], [0.0, 3.0]])
"""Two images, each with two equal views."""


def test_nt_xent_by_hand() -> None:
    expected = -math.log(math.e**2 / (math.e**2 + 2))
    assert nt_xent.nt_xent(AXES, 0.5).item() == pytest.approx(expected)
    assert with_itself(AXES, 0.5).item() == pytest.approx(-math.log(math.e**2 / (2 * math.e**2 + 2)))
    assert pull_alone(AXES, 0.5).item() == pytest.approx(-2)


def test_a_constant_for_the_view_itself_has_the_gradient_of_leaving_it_out() -> None:
    z = normal(8, 3, seed=0).requires_grad_()
    s = similarities(z, 0.3)
    partner = s.roll(4, -1).diagonal()
    subtracted = ((s.exp().sum(-1) - math.exp(1 / 0.3)).log() - partner).mean()
    left_out = nt_xent.nt_xent(z, 0.3)
    one, other = (torch.autograd.grad(each, z, retain_graph=True)[0] for each in (subtracted, left_out))
    torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)
    kept = torch.autograd.grad(with_itself(z, 0.3), z)[0]
    assert (kept - other).abs().max() > 1e-3


def test_alignment_and_uniformity_by_hand() -> None:
    one, other = AXES[:2], AXES[2:].flip(0)
    assert alignment(one, AXES[2:]) == 0
    assert alignment(one, other).item() == pytest.approx(2)
    assert uniformity(one).item() == pytest.approx(-4)
    assert uniformity(torch.ones(5, 3)).item() == pytest.approx(0, abs=1e-5)


def test_networks_side_by_side_are_each_as_alone() -> None:
    x = normal(B, N, seed=1)
    together = ViewEncoder(N, H, C, D, [0, 1, 2], batch_normalised)(x)[0]
    alone = ViewEncoder(N, H, C, D, [1], batch_normalised)(x)[0]
    torch.testing.assert_close(together[1:2], alone)
    losses = nt_xent.nt_xent(together, 0.5)
    assert losses.shape == (3,)
    assert losses[1].item() == pytest.approx(nt_xent.nt_xent(alone[0], 0.5).item(), rel=1e-5)


def test_batch_norm() -> None:
    y = batch_normalised(5 + 3 * normal(A, 50, C, seed=2))
    assert y.mean(-2).abs().max() < 1e-5
    assert (y.std(-2, correction=0) - 1).abs().max() < 1e-4


def test_views_stay_within_their_ranges() -> None:
    x = digits()[1].images[:9]
    still = view(x, Ranges(0, 0, 0, 0), generator(0))
    torch.testing.assert_close(still, x, atol=1e-5, rtol=0)
    quarter = placed(x, torch.tensor([[[0.0, -1.0, 0.0], [1.0, 0.0, 0.0]]]).expand(9, -1, -1))
    assert any(torch.allclose(quarter, x.rot90(k, (-2, -1)), atol=1e-5) for k in (1, 3))
    M = placement(500, Ranges(30, 0.2, 1.0, 0), 8, generator(1))
    scale = M[:, :, :2].det().rsqrt()
    assert 0.8 <= scale.min() < 0.85
    assert 1.15 < scale.max() <= 1.2
    assert M[:, :, 2].abs().max() <= 0.25
    draws = generator(3)
    assert not torch.equal(view(x, Ranges(), draws), view(x, Ranges(), draws))


def test_textures_have_one_direction_each() -> None:
    p = textures(40, 8, generator(0))
    assert p.shape == (40, 1, 8, 8)
    assert p.abs().max() <= 1
    assert torch.linalg.matrix_rank(p[:, 0], atol=1e-4).max() <= 2


def test_one_label_accuracy() -> None:
    classes = torch.arange(40) % 10
    given = one_of_each(classes, 7, generator(0))
    assert torch.equal(classes[given], torch.arange(10).expand(7, -1))
    known = torch.eye(10)[classes]
    assert one_label_accuracy(known, classes, known, classes, given) == 1
    assert one_label_accuracy(known, classes, known, (classes + 1) % 10, given) == 0
    assert math.isnan(one_label_accuracy(known * torch.nan, classes, known, classes, given))


def test_learning_from_the_other_view_by_hand() -> None:
    assert cosine_error(AXES[:2], AXES[2:]).item() == pytest.approx(0)
    assert cosine_error(AXES[:2], -AXES[2:]).item() == pytest.approx(4)
    assert torch.equal(of_the_other_view(AXES), AXES[[2, 3, 0, 1]])
    target, online = [torch.zeros(2)], [torch.ones(2)]
    follow(target, online, 0.9)
    assert target[0].tolist() == pytest.approx([0.1, 0.1])
    assert relative_spread(torch.ones(6, 4)).item() == pytest.approx(0, abs=1e-5)
    assert relative_spread(normal(4000, 16, seed=4)).item() == pytest.approx(1, abs=0.01)


def test_each_guard_changes_the_gradient_as_said() -> None:
    z, p, target = (normal(2 * B, D, seed=seed).requires_grad_() for seed in (5, 6, 7))
    for of, moved in (
        (byol, (False, True, False)),
        (simsiam, (False, True, False)),
        (without_stop, (True, True, False)),
        (without_predictor, (True, False, False)),
        (without_predictor_averaged, (True, False, False)),
    ):
        found = torch.autograd.grad(of(z, p, target), (z, p, target), allow_unused=True)
        assert tuple(each is not None for each in found) == moved
    same = p.detach()
    assert byol(z, p, of_the_other_view(same)).item() == pytest.approx(0, abs=1e-6)
    assert simsiam(of_the_other_view(same), p, target).item() == pytest.approx(0, abs=1e-6)


def test_simsiam_is_its_negative_cosine_by_hand() -> None:
    z, p = normal(2 * B, D, seed=8), normal(2 * B, D, seed=9)
    cosine = torch.nn.functional.cosine_similarity
    paper = -(cosine(p[:B], z[B:]).mean() + cosine(p[B:], z[:B]).mean()) / 2
    assert simsiam(z, p, z).item() == pytest.approx(2 + 2 * paper.item(), rel=1e-5)
    assert without_predictor(z, p, z).item() != pytest.approx(2 + 2 * paper.item(), rel=1e-2)


def test_shape_comments() -> None:
    x = normal(B, N, seed=3)
    with shapes_checked(view_encoder, A=A, B=B, C=C, D=D, H=H) as encoder:
        z, trace = ViewEncoder(N, H, C, D, range(A), batch_normalised, as_it_is)(x)
    assert check_fields(trace, A=A, B=B, C=C) == 1
    assert not [line for line in encoder.unreached() if "batch_normalised" not in line]
    with shapes_checked(nt_xent) as losses:
        for loss in (nt_xent.nt_xent, with_itself, pull_alone):
            loss(z, 0.5)
        uniformity(z)
    assert losses.unreached() == []
    with shapes_checked(few_labels, C=D) as labels:
        classes = torch.arange(20) % 10
        given = one_of_each(classes, 5, generator(0))
        one_label_accuracy(normal(20, D, seed=1), classes, normal(B, D, seed=2), torch.arange(B), given)
    assert labels.unreached() == []
    with shapes_checked(digit_views, B=B, N=8) as views:
        view(x.view(B, 1, 8, 8), Ranges(), generator(0))
        textures(B, 8, generator(0))
    assert views.unreached() == []
    with shapes_checked(self_distillation, A=A, B=B) as predictors:
        Predictor(D, H, range(A), batch_normalised)(unit(z))
    assert predictors.unreached() == []
