"""Pictures with captions, the symmetric loss, and how batches of the trainings are filled."""

import math

import pytest
import torch

from models.contrastive import clip, split_batch
from models.contrastive.clip import CLIP, HIGHEST, START, similarities, symmetric_loss
from models.contrastive.split_batch import split_loss, split_loss_constant_gathered, worker_loss
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
    pictures_of_two,
    recoloured,
    second,
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


def test_a_second_shape_has_another_colour_and_shape_and_is_on_the_other_side() -> None:
    k = torch.cat([kinds(unseen=False), kinds(unseen=True)]).repeat(5, 1)
    other = second(k, generator(0))
    assert not (other == k).any()
    assert {tuple(one) for one in (other - k).tolist()} > {(1, 1, 1), (1, 1, -1)}
    x = pictures_of_two(k, other, generator(1))
    both = {0: x[..., : SIDE // 2], 1: x[..., SIDE // 2 :]}
    ink = torch.nn.functional.normalize(torch.tensor(list(COLOURS.values())), dim=-1)
    for side, half in both.items():  # each half holds the colour of the shape that is there
        there = torch.where(k[:, 2] == side, k[:, 0], other[:, 0])
        found = torch.nn.functional.normalize(half.sum((2, 3)), dim=-1) @ ink.T
        assert torch.equal(found.argmax(-1), there)
    assert torch.equal(recoloured(k, other), torch.stack([other[:, 0], k[:, 1], k[:, 2]], -1))


@pytest.mark.parametrize("workers", [1, 2, 3, 6])
def test_a_split_batch_has_the_loss_of_the_whole_one_and_its_gradient_only_through_the_gathered(workers) -> None:
    I, T = (torch.nn.functional.normalize(normal(6, 5, seed=n), dim=-1).requires_grad_() for n in (0, 1))  # noqa: E741
    t = torch.tensor(1.5)
    whole = symmetric_loss(similarities(I, T, t))
    right, wrong = split_loss(I, T, t, workers), split_loss_constant_gathered(I, T, t, workers)
    assert right.item() == pytest.approx(whole.item(), rel=1e-5)
    assert wrong.item() == pytest.approx(whole.item(), rel=1e-5)
    (expected,), (found,), (lost,) = (
        torch.autograd.grad(loss, [I], retain_graph=True) for loss in (whole, right, wrong)
    )
    torch.testing.assert_close(found, expected)
    rows = torch.nn.functional.cross_entropy(similarities(I, T.detach(), t), torch.arange(6)) / 2
    torch.testing.assert_close(lost, torch.autograd.grad(rows, [I])[0])  # each picture as a query, never as a key
    assert not torch.allclose(lost, expected, atol=1e-2)


def test_a_workers_loss_by_hand() -> None:
    I, T, t = torch.eye(2), torch.eye(2), torch.tensor(0.0)  # noqa: E741
    expected = math.log(1 + math.e) - 1  # of both its rows: −log e / (e + 1)
    assert worker_loss(I[1:], T[1:], I, T, t, 1).item() == pytest.approx(expected)
    assert worker_loss(I[1:], T[1:], I, T, t, 0).item() == pytest.approx(expected + 1)


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
        other = second(k, generator(1))
        pictures_of_two(k, other, generator(2))
        recoloured(k, other)
    assert watch.unreached() == []
    with shapes_checked(clip, B=B, T=CAPTION, D=clip.DIMENSIONS) as watch:
        s, trace = seeded(CLIP, 0)(x, w)
        symmetric_loss(s)
    assert watch.unreached() == []
    assert s.shape == (B, B)
    with shapes_checked(split_batch, B=6, D=5, W=2, b=3) as watch:
        I, T = normal(6, 5, seed=0), normal(6, 5, seed=1)  # noqa: E741
        split_loss(I, T, torch.tensor(0.0), 2)
        split_loss_constant_gathered(I, T, torch.tensor(0.0), 2)
    assert watch.unreached() == []
    assert check_fields(trace, B=B, D=clip.DIMENSIONS) == 2
