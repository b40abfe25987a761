"""Joint embedding with prediction: values by hand, what carries gradients, and what must hold."""

import pytest
import torch

from models.contrastive import joint_embedding
from models.contrastive.joint_embedding import (
    GradientThroughTarget,
    JointEmbedding,
    PixelTarget,
    WithoutPredictor,
    energy,
    explained,
    half,
    opposite,
)
from models.seeding import normal
from tests.shape_comments import shapes_checked

B, N, S, D = 7, 8, 4, 5
side = torch.arange(B) % 4


def halves(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    images = normal(B, 2 * N, seed=seed)
    return half(images, opposite(side)), half(images, side)


def test_energies_and_what_is_explained_by_hand() -> None:
    predicted, target = torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([[0.0, 0.0], [0.0, 4.0]])
    assert energy(predicted, target).tolist() == [0.5, 2.0]
    assert explained(predicted, target).item() == pytest.approx(1 - 5 / 8)
    assert explained(target, target).item() == 1
    assert explained(target.mean(0).expand(2, 2), target).item() == 0


def test_a_half_says_which_it_is() -> None:
    images, side = torch.arange(16.0).view(4, 4), torch.arange(4)
    found = half(images, side)
    assert found[:, :2].tolist() == [[0, 1], [6, 7], [8, 10], [13, 15]]
    assert torch.equal(found[:, 2:], torch.eye(4))
    both = torch.cat([found[:, :2], half(images, opposite(side))[:, :2]], 1)
    assert torch.equal(both.sort().values, images), "a half and its opposite are the image"


def test_no_gradient_passes_through_the_target_unless_it_is_let_through() -> None:
    x, y = halves()
    for kind, passes in ((JointEmbedding, False), (GradientThroughTarget, True)):
        model = kind(2 * N, 8, D, 3)
        given = y.clone().requires_grad_()
        model(x, given, side)[0].sum().backward()
        assert (given.grad is not None) == passes
        assert all(one.grad is None for one in model.follower.parameters())
        assert model.context.first.grad.abs().sum() > 0


def test_the_target_encoder_begins_as_the_context_encoder_and_follows_it() -> None:
    _, y = halves()
    model = JointEmbedding(2 * N, 8, D, 3)
    assert torch.equal(model.target(y), GradientThroughTarget(2 * N, 8, D, 3).target(y))
    before = model.follower.first.clone()
    model.context.first.data += 1
    model.follow(0.75)
    torch.testing.assert_close(model.follower.first, before + 0.25)
    model.follow(0.0)
    assert torch.equal(model.follower.first, model.context.first)


def test_without_a_predictor_the_context_vector_is_the_prediction() -> None:
    x, y = halves()
    trace = WithoutPredictor(2 * N, 8, D, 3)(x, y, side)[1]
    assert torch.equal(trace.predicted, trace.context)


def test_pixels_are_their_own_target() -> None:
    x, y = halves()
    trace = PixelTarget(2 * N, 8, D, 3)(x, y, side)[1]
    assert torch.equal(trace.target, y[:, :N])
    assert trace.predicted.shape == (B, N)


def test_shape_comments_of_joint_embedding() -> None:
    with shapes_checked(joint_embedding, B=B, N=N, S=S, D=D) as watch:
        x, y = halves()
        JointEmbedding(2 * N, 8, D, 3)(x, y, side)
    assert watch.unreached() == []
