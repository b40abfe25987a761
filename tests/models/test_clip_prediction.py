"""Clips of a moving square and the network that predicts their hidden frames."""

import pytest
import torch

from models.contrastive import clip_prediction
from models.contrastive.clip_prediction import ClipGradientThroughTarget, ClipPrediction, linear_reader, read
from models.contrastive.joint_embedding import energy
from models.data import moving_square as data
from models.data.moving_square import FASTEST, FRAMES, HALF, SIDE, SLOWEST, drawn, moving_square
from models.seeding import generator, normal
from tests.shape_comments import shapes_checked

B, F, M, D = 4, 3, 7, 5


def test_a_square_covers_nine_pixels_in_all() -> None:
    clips = moving_square(200, generator(0))
    torch.testing.assert_close(clips.frames.sum((2, 3)), torch.full((200, FRAMES), 9.0))
    assert drawn(torch.tensor([1.5, 3.0]))[:4, :6].tolist() == [[0, 0.5, 1, 1, 0.5, 0]] * 3 + [[0] * 6]


def test_speed_is_constant_until_it_bounces() -> None:
    clips = moving_square(500, generator(1))
    moved = clips.centres.diff(dim=1)
    free = ~clips.bounced[:, 1:]
    torch.testing.assert_close(moved[free], moved[:, :1].expand_as(moved)[free], atol=1e-5, rtol=0)
    speeds = moved[free].abs()
    assert SLOWEST - 1e-5 < speeds.min() < speeds.max() < FASTEST + 1e-5
    assert HALF <= clips.centres.min() < clips.centres.max() <= SIDE - HALF
    assert not clips.bounced[:, 0].any()
    assert 0.5 < clips.bounced[:, -1].float().mean() < 1


def test_what_is_hidden_changes_no_prediction_and_the_target_sees_it() -> None:
    model, x = ClipPrediction(F, M, 6, D, 0), normal(B, F, M, seed=2)
    v = torch.ones(F, M)
    v[2] = 0
    other = x.clone()
    other[:, 2] += 1
    one, another = (model(clip, v)[1] for clip in (x, other))
    assert torch.equal(one.predicted, another.predicted)
    assert not torch.allclose(one.target[:, 2], another.target[:, 2])
    assert torch.equal(one.target[:, :2], another.target[:, :2])


def test_no_gradient_passes_through_the_target_unless_it_is_let_through() -> None:
    x, v = normal(B, F, M, seed=3), torch.zeros(F, M)
    for kind, passes in ((ClipPrediction, False), (ClipGradientThroughTarget, True)):
        model, given = kind(F, M, 6, D, 0), x.clone().requires_grad_()
        error, trace = model(given, v)
        torch.testing.assert_close(error, energy(trace.predicted, trace.target))
        error.sum().backward()
        assert (given.grad.abs().sum() > 0) == passes


def test_the_target_encoder_follows() -> None:
    model = ClipPrediction(F, M, 6, D, 0)
    before = model.follower.first.clone()
    model.context.first.data += 1
    model.follow(0.9)
    torch.testing.assert_close(model.follower.first, before + 0.1)


def test_a_line_is_read_back() -> None:
    vectors, W = normal(40, D, seed=4), normal(D + 1, 2, seed=5)
    places = read(W, vectors)
    torch.testing.assert_close(linear_reader(vectors, places), W, atol=1e-4, rtol=1e-4)
    twice = torch.cat([vectors, vectors], 1)
    torch.testing.assert_close(read(linear_reader(twice, places), twice), places, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("seed", [0, 1])
def test_shape_comments(seed: int) -> None:
    with shapes_checked(data, B=B, F=FRAMES, N=SIDE) as watch:
        moving_square(B, generator(seed))
    assert watch.unreached() == []
    with shapes_checked(clip_prediction, B=B, F=F, D=D, Q=B * F) as watch:
        s = ClipPrediction(F, M, 6, D, seed)(normal(B, F, M, seed=2), torch.ones(F, M))[1].target
        linear_reader(s.flatten(0, 1), normal(B * F, 2, seed=6))
    assert watch.unreached() == []
