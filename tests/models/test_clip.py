"""Pictures with captions, the symmetric loss, and how batches of the trainings are filled."""

import math

import pytest
import torch

from models.contrastive import clip
from models.contrastive.clip import CLIP, HIGHEST, START, similarities, symmetric_loss
from models.data import captioned_shapes
from models.data.captioned_shapes import (
    CAPTION,
    COLOURS,
    SHAPES,
    SIDE,
    SIDES,
    UNSEEN,
    WORDS,
    caption,
    captions,
    kinds,
    pictures,
    tokens,
)
from models.seeding import generator, normal, seeded
from models.training.clip import ARMS, PAIRS, all_colours
from tests.shape_comments import check_fields, shapes_checked

B = 7


def test_the_loss_by_hand() -> None:
    s = torch.tensor([[2.0, 0.0], [1.0, 3.0]])
    rows = -(math.log(math.e**2 / (math.e**2 + 1)) + math.log(math.e**3 / (math.e**3 + math.e))) / 2
    columns = -(math.log(math.e**2 / (math.e**2 + math.e)) + math.log(math.e**3 / (math.e**3 + 1))) / 2
    assert symmetric_loss(s).item() == pytest.approx((rows + columns) / 2)
    assert symmetric_loss(torch.stack([s, s])).item() == pytest.approx((rows + columns) / 2)
    assert symmetric_loss(s.T).item() == pytest.approx(symmetric_loss(s).item())


def test_the_temperature_is_bounded() -> None:
    one = torch.eye(3)
    assert similarities(one, one, torch.tensor(50.0)).max().item() == pytest.approx(100, rel=1e-3)
    assert math.exp(START) == pytest.approx(1 / 0.07, rel=1e-3)
    assert math.exp(HIGHEST) == pytest.approx(100, rel=1e-3)


def test_every_colour_and_shape_is_trained_and_five_pairs_are_not() -> None:
    trained, new = kinds(unseen=False), kinds(unseen=True)
    assert (len(trained), len(new)) == (30, 10)
    assert {tuple(one) for one in new[:, :2].tolist()} == set(UNSEEN)
    assert set(trained[:, 0].tolist()) == set(range(len(COLOURS)))
    assert set(trained[:, 1].tolist()) == set(range(len(SHAPES)))


def test_captions_say_what_is_shown() -> None:
    assert caption(1, 3, 1) == "a green cross on the right"
    assert [WORDS[w] for w in tokens(caption(1, 3, 1)).tolist()] == ["a", "green", "cross", "on", "the", "right"]
    assert tokens("Green, striped cross").tolist()[:3] == [WORDS.index("green"), WORDS.index("cross"), -1]
    assert len(tokens("a a a a a a a a")) == CAPTION


def test_pictures_show_their_colour_on_their_side() -> None:
    k = torch.cat([kinds(unseen=False), kinds(unseen=True)])
    x = pictures(k, generator(0))
    left = x[..., : SIDE // 2].sum((1, 2, 3)) > x[..., SIDE // 2 :].sum((1, 2, 3))
    assert torch.equal(left, k[:, 2] == SIDES.index("left"))
    ink = torch.tensor(list(COLOURS.values()))
    found = torch.nn.functional.normalize(x.sum((2, 3)), dim=-1) @ torch.nn.functional.normalize(ink, dim=-1).T
    assert torch.equal(found.argmax(-1), k[:, 0])


@pytest.mark.parametrize("arm", ARMS)
def test_batches_are_filled_with_trained_pairs(arm) -> None:
    pick, size = ARMS[arm]
    chosen = pick(kinds(unseen=False), generator(0))
    assert chosen.shape == (PAIRS, 3)
    assert not {tuple(one) for one in chosen[:, :2].tolist()} & set(UNSEEN)
    different = all(len(set(one.tolist())) == size for one in chosen[:, 0].view(-1, size))
    assert different == (pick is all_colours)


def test_a_gap_adds_nothing_to_a_caption_and_places_count() -> None:
    model = seeded(CLIP, 0)
    with torch.no_grad():
        model.caption.places.copy_(normal(*model.caption.places.shape, seed=1))
        short = tokens("red disc")
        read = model.caption(short[None])
        alone = [model.caption(tokens("red")[None])]
        assert not torch.allclose(model.caption(tokens("disc red")[None]), read, atol=1e-3)
        assert not torch.allclose(alone[0], read, atol=1e-3)
        model.caption.words[WORDS.index("a")] += 10
        assert torch.equal(model.caption(short[None]), read)


def test_shape_comments() -> None:
    k = kinds(unseen=False)[:B]
    with shapes_checked(captioned_shapes, B=B, N=SIDE, T=CAPTION) as watch:
        x, w = pictures(k, generator(0)), captions(k)
        kinds(unseen=True)
    assert watch.unreached() == []
    with shapes_checked(clip, B=B, T=CAPTION, D=clip.DIMENSIONS) as watch:
        s, trace = seeded(CLIP, 0)(x, w)
        symmetric_loss(s)
    assert watch.unreached() == []
    assert s.shape == (B, B)
    assert check_fields(trace, B=B, D=clip.DIMENSIONS) == 2
