"""Encoder-decoders that write lists, by hand and by what must hold of any weights."""

import math

import pytest
import torch

from models.attention import bahdanau, luong
from models.checkpoints import load_card
from models.data.word_lists import END, SYMBOLS, WORDS, ids_of, lists, shifted_right, text_of, written
from models.recurrence import own_words, sequence_to_sequence
from models.recurrence.pretrained_writers import GROUPS, WIDTH
from models.seeding import generator, normal, seeded
from models.training.transduction import CHECKPOINTS
from tests.shape_comments import shapes_checked

KINDS = [(group, kind) for group, kinds in GROUPS.items() for kind in kinds]


def test_lists() -> None:
    given = written(ids_of(["pen", "cup", "key"]), "reverse")
    assert text_of(given.source[0]) == ["pen", "cup", "key", "."]
    assert text_of(given.target[0]) == ["key", "cup", "pen", "."]
    assert shifted_right(given.target)[0].tolist() == [END, *given.target[0, :-1].tolist()]
    drawn = lists(50, 7, "copy", generator(0))
    assert torch.equal(drawn.source, drawn.target)
    assert all(len(set(row)) == 7 for row in drawn.source[:, :-1].tolist())
    assert len(set(WORDS)) == len(WORDS) == SYMBOLS - 1


def test_the_final_state_is_the_context_at_every_step() -> None:
    encoded, h = normal(2, 5, 3, seed=0), normal(2, 4, 3, seed=1)
    weights = sequence_to_sequence.FinalState()(h, encoded)
    c = sequence_to_sequence.context_vector(weights, encoded)
    torch.testing.assert_close(c, encoded[:, -1:].expand(-1, 4, -1))
    uniform = sequence_to_sequence.UniformAlignment()(h, encoded)
    torch.testing.assert_close(
        sequence_to_sequence.context_vector(uniform, encoded), encoded.mean(dim=1, keepdim=True).expand(-1, 4, -1)
    )


def test_attentional_vector_by_hand() -> None:
    w = torch.tensor([[1.0, 0.5], [0.0, -1.0]])
    found = sequence_to_sequence.attentional_vector(torch.tensor([2.0]), torch.tensor([3.0]), w)
    torch.testing.assert_close(found, torch.tensor([math.tanh(3.5), math.tanh(-3.0)]))


def test_energies_by_hand() -> None:
    one = torch.ones(1, 1)
    e = bahdanau.energies(torch.tensor([[0.5]]), torch.tensor([[[1.0], [2.0]]]), one, 2 * one, torch.tensor([3.0]))
    torch.testing.assert_close(e, torch.tensor([[3 * math.tanh(2.5), 3 * math.tanh(4.5)]]))


def test_window_and_gaussian_by_hand() -> None:
    p = torch.tensor([1.4, 3.0])
    assert luong.window(p, 5, 1).int().tolist() == [[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]]
    torch.testing.assert_close(luong.gaussian(p, 5, 2.0)[0, 3], torch.tensor(math.exp(-(1.6**2) / 8)))
    assert luong.monotonic_centre(2, 3, 4).tolist() == [2, 3, 3]
    centre = luong.predicted_centre(torch.zeros(1, 2, 3), torch.zeros(3, 3), torch.zeros(3), 9)
    assert centre.tolist() == [[4, 4]]


@pytest.mark.parametrize(("group", "kind"), KINDS)
def test_weights_sum_to_one_and_the_decoder_sees_no_later_word(group: str, kind: str) -> None:
    model = seeded(GROUPS[group][kind], 0)
    given = lists(3, 6, "copy", generator(0))
    logits, trace = model(given.source, shifted_right(given.target))
    assert logits.shape == (3, 7, SYMBOLS)
    if kind not in ("local-p", "local-p, narrower"):
        torch.testing.assert_close(trace.weights.sum(dim=-1), torch.ones(3, 7))
    assert (trace.weights.sum(dim=-1) <= 1 + 1e-6).all()
    changed = shifted_right(given.target)
    changed[:, 4] = (changed[:, 4] + 1) % END
    later = model(given.source, changed)[0]
    torch.testing.assert_close(later[:, :4], logits[:, :4])
    assert not torch.allclose(later[:, 4:], logits[:, 4:])


@pytest.mark.parametrize(("group", "kind"), KINDS)
def test_writing_is_reading_its_own_words_all_at_once(group: str, kind: str) -> None:
    model = seeded(GROUPS[group][kind], 1)
    given = lists(3, 5, "copy", generator(1))
    found = own_words.write(model, given.source, torch.full((3,), END), 6)
    at_once, trace = model(given.source, shifted_right(found.words))
    torch.testing.assert_close(found.logits, at_once, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found.weights, trace.weights, atol=1e-5, rtol=1e-4)


def test_a_forced_word_is_read_and_not_written() -> None:
    model = seeded(GROUPS["sequence_to_sequence"]["dot"], 2)
    given, start = lists(3, 5, "copy", generator(2)), torch.full((3,), END)
    free = own_words.write(model, given.source, start, 6)
    forced = own_words.write(model, given.source, start, 6, {2: torch.full((3,), 4)})
    assert torch.equal(free.words[:, :3], forced.words[:, :3])
    assert not torch.allclose(free.logits[:, 3], forced.logits[:, 3])


def test_without_the_gaussian_the_centre_has_no_gradient() -> None:
    h, encoded = normal(2, 4, WIDTH, seed=0), normal(2, 6, WIDTH, seed=1)
    for kind, reached in ((luong.PredictiveAlignment, True), (luong.WindowAlone, False)):
        align = seeded(lambda kind=kind: kind(luong.GeneralScore(WIDTH), WIDTH, 2, 1.0), 0)
        align(h, encoded).square().sum().backward()
        assert (align.v_p.grad is not None and align.v_p.grad.abs().max() > 0) == reached


def test_shape_comments() -> None:
    given = lists(3, 4, "copy", generator(0))
    read = shifted_right(given.target)
    with shapes_checked(bahdanau, B=3, S=5, D=WIDTH) as watch:
        seeded(GROUPS["bahdanau"]["first state"], 0)(given.source, read)
        seeded(GROUPS["bahdanau"]["last state"], 0)(given.source, read)
    assert not watch.unreached()
    with shapes_checked(luong, B=3, T=5, S=5) as watch:
        for kind in ("local-m", "local-p", "concat"):
            seeded(GROUPS["luong"][kind], 0)(given.source, read)
    assert not watch.unreached()
    with shapes_checked(own_words, B=3, D=WIDTH) as watch:
        own_words.write(seeded(GROUPS["sequence_to_sequence"]["dot"], 0), given.source, read[:, 0], 5)
    assert not watch.unreached()


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_card_says_what_its_models_do(name: str) -> None:
    assert CHECKPOINTS[name].measured() == pytest.approx(load_card(name)["metrics"], abs=0.02)
