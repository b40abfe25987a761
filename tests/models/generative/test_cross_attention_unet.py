"""U-Nets told class and ink: weights by hand, what reaches what, and that only the attention sees the tokens."""

import math

import pytest
import torch

from models.data import digit_ink
from models.data.digit_ink import LEVELS, borders, ink_levels
from models.data.digits import digits
from models.generative import cross_attention_unet
from models.generative.cross_attention_unet import (
    CrossAttentionUNet,
    NormConditionedUNet,
    TokenAttention,
    attention_weights,
)
from models.generative.digit_unet import DigitUNet
from models.seeding import normal, seeded
from models.training.told_denoisers import TRAININGS, WAYS, held_out_loss, pretrained
from tests.shape_comments import shapes_checked

X, TIME = normal(2, 1, 8, 8, seed=0), torch.tensor([3.0, 700.0])
LABEL, INK = torch.tensor([4, 10]), torch.tensor([0, 3])


def test_weights_by_hand_and_one_token_always_has_all() -> None:
    q, k = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]]), torch.tensor([[[math.sqrt(2), 0.0], [0.0, 0.0]]])
    first = math.e / (math.e + 1)
    torch.testing.assert_close(attention_weights(q, k), torch.tensor([[[first, 1 - first], [0.5, 0.5]]]))
    assert torch.equal(attention_weights(normal(2, 5, 3, seed=0), normal(2, 1, 3, seed=1)), torch.ones(2, 5, 1))


def test_without_an_embedding_of_ink_norms_are_told_as_in_the_digit_unet() -> None:
    model = seeded(lambda: NormConditionedUNet((4, 6), 6, groups=2), 0)
    plain = DigitUNet((4, 6), 6, groups=2, dropout=0.0)
    plain.load_state_dict({name: w for name, w in model.state_dict().items() if name != "embed_ink.weight"})
    with torch.no_grad():
        model.embed_ink.weight.zero_()
    torch.testing.assert_close(model(X, TIME, LABEL, INK)[0], plain(X, TIME, LABEL)[0])


def test_class_and_ink_reach_the_answer_only_through_the_values() -> None:
    model = seeded(lambda: CrossAttentionUNet((4, 6), 6, groups=2), 1)
    v, trace = model(X, TIME, LABEL, INK)
    assert not torch.allclose(model(X, TIME, LABEL.flip(0), INK)[0], v, atol=1e-4)
    assert not torch.allclose(model(X, TIME, LABEL, torch.tensor([1, 2]))[0], v, atol=1e-4)
    assert all(torch.allclose(w.sum(-1), torch.ones(w.shape[:-1])) for w in trace.weights)
    assert [w.shape[1] for w in trace.weights] == [64, 16, 64]
    with torch.no_grad():
        for attend in model.attend:
            attend.to_value.weight.zero_()
    torch.testing.assert_close(model(X, TIME, LABEL.flip(0), INK.flip(0))[0], model(X, TIME, LABEL, INK)[0])


def test_gradient_reaches_both_tokens() -> None:
    model = seeded(lambda: CrossAttentionUNet((4, 6), 6, groups=2), 2)
    model(X, TIME, LABEL, INK)[0].square().sum().backward()
    assert (model.embed_class.weight.grad[LABEL].abs().sum(1) > 0).all()
    assert (model.embed_ink.weight.grad[INK].abs().sum(1) > 0).all()


def test_levels_of_ink_are_thirds_of_the_learned_digits() -> None:
    learned = digits()[0].images
    counts = ink_levels(learned).bincount(minlength=3)
    assert len(LEVELS) == cross_attention_unet.LEVELS == 3
    assert (counts - len(learned) / 3).abs().max() < 25
    assert ink_levels(torch.stack([torch.full((1, 8, 8), -1.0), torch.ones(1, 8, 8)])).tolist() == [0, 2]
    assert borders()[0] < borders()[1]


def test_both_ways_reach_about_the_same_loss_and_miss_what_they_are_not_told() -> None:
    found = {way: [held_out_loss(pretrained(way, n), digits()[1]) for n in range(TRAININGS)] for way in WAYS}
    assert max(map(max, found.values())) < 1.06 * min(map(min, found.values()))
    model, ten = pretrained("attention", 0), digits()[1].labels[:50]
    images = digits()[1].images[:50]
    known, _ = model(images, torch.full((50,), 900.0), ten, ink_levels(images))
    hidden, _ = model(images, torch.full((50,), 900.0), torch.full((50,), model.no_class), ink_levels(images))
    assert not torch.allclose(known, hidden, atol=0.1)


@pytest.mark.parametrize("B", [2, 5])
def test_shape_comments(B) -> None:
    attend = seeded(lambda: TokenAttention(6, 4, 2), 0)
    with shapes_checked(TokenAttention.forward, attention_weights, B=B, C=6, N=3, Q=9, S=2, A=2, E=4) as watch:
        attend(normal(B, 6, 3, 3, seed=1), normal(B, 2, 4, seed=2))
    assert watch.unreached() == []
    with shapes_checked(digit_ink, B=B, N=8, P=1500) as watch:
        borders.cache_clear()
        ink_levels(normal(B, 1, 8, 8, seed=3))
    assert watch.unreached() == []
    model = seeded(lambda: NormConditionedUNet((4, 6), 6, groups=2), 0)
    x, t, label = normal(B, 1, 8, 8, seed=4), torch.full((B,), 5.0), torch.zeros(B, dtype=torch.long)
    with shapes_checked(NormConditionedUNet.told, NormConditionedUNet.forward, B=B, E=6, N=8):
        model(x, t, label, label)
    crossed = seeded(lambda: CrossAttentionUNet((4, 6), 6, groups=2), 0)
    with shapes_checked(CrossAttentionUNet.forward, B=B, E=6, S=2, C=4, N=8):
        _, trace = crossed(x, t, label, label)
    assert trace.middle.shape == (B, 6, 4, 4)
