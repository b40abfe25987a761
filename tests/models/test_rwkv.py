"""RWKV: hand-computed values, invariants, gradients, its card, and shape comments executed."""

import math
from functools import partial

import pytest
import torch

from models.checkpoints import load_card
from models.data import facts_at_a_distance
from models.seeding import generator, normal, seeded
from models.statespace import rwkv, rwkv_changes, rwkv_model
from models.training import fading_memories
from tests.shape_comments import check_fields, shapes_checked

B, T, D, V, F = 2, 7, 6, 11, 9


def made(average=rwkv.parallel):
    return seeded(lambda: rwkv_model.RWKV(V, D, 2, F, average), 0).start()


def test_wkv_by_hand():
    w, u = torch.tensor([math.log(2)]), torch.tensor([math.log(3)])
    k, v = torch.zeros(1, 3, 1), torch.tensor([[[1.0], [2.0], [5.0]]])
    found = rwkv.parallel(w, u, k, v)[0, :, 0]
    assert found.tolist() == pytest.approx([1.0, (1 + 3 * 2) / 4, (0.5 * 1 + 2 + 3 * 5) / 4.5])


def test_forms_agree_and_constants_in_the_keys_cancel():
    w, u = normal(D, seed=0).exp(), normal(D, seed=1)
    k, v = 3 * normal(B, T, D, seed=2), normal(B, T, D, seed=3)
    expected = rwkv.parallel(w, u, k, v)
    for form in (rwkv.factored, rwkv.recurrent, rwkv.chunkwise, partial(rwkv.chunkwise, chunk=3)):
        torch.testing.assert_close(form(w, u, k, v), expected, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(form(w, u, k + 100, v), expected, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(rwkv_changes.without_maximum(w, u, k, v), expected, atol=1e-5, rtol=1e-5)
    assert not torch.isfinite(rwkv_changes.without_maximum(w, u, k + 100, v)).any()


def test_the_average_lies_between_its_values():
    w, u = normal(D, seed=0).exp(), normal(D, seed=1)
    found = rwkv.parallel(w, u, normal(B, T, D, seed=2), normal(B, T, D, seed=3))
    assert found.abs().max() <= normal(B, T, D, seed=3).abs().max()


def test_a_half_life_halves():
    w = torch.tensor([0.1, 1.0])
    assert (-w * rwkv.half_life(w)).exp().tolist() == pytest.approx([0.5, 0.5])


def test_rwkv_sees_no_future_and_its_decays_learn():
    model, ids = made(), torch.randint(V, (B, T), generator=generator(0))
    other = ids.clone()
    other[:, -1] = (ids[:, -1] + 1) % V
    assert torch.equal(model(ids)[0][:, :-1], model(other)[0][:, :-1])
    model(ids)[0].log_softmax(-1).sum().backward()
    assert all(mix.log_decay.grad.abs().sum() > 0 and mix.bonus.grad.abs().sum() > 0 for mix in model.time)


def test_changes_of_rwkv():
    model, ids = made(), torch.randint(V, (B, T), generator=generator(0))
    torch.testing.assert_close(rwkv_changes.permuted(model)(ids)[0], model(ids)[0])
    w = torch.tensor([0.1, 3.0, 0.7])
    assert rwkv_changes.exchanged(w).tolist() == pytest.approx([3.0, 0.1, 0.7])
    assert rwkv_changes.one_decay(w).tolist() == pytest.approx([0.21 ** (1 / 3)] * 3)
    assert rwkv.half_life(rwkv_changes.all_at(5)(w)).tolist() == pytest.approx([5.0] * 3)
    same = rwkv_changes.with_decays(model, lambda w: w)
    torch.testing.assert_close(same(ids)[0], model(ids)[0])
    assert not torch.allclose(rwkv_changes.with_decays(model, rwkv_changes.all_at(1))(ids)[0], model(ids)[0])


def test_answers_are_the_last_value_given():
    facts = facts_at_a_distance.texts(40, 24, generator(0))
    for ids, targets, distance in zip(facts.ids, facts.targets, facts.distance, strict=True):
        last: dict[int, tuple[int, int]] = {}
        for t in range(0, len(ids), 2):
            first, second = int(ids[t]), int(ids[t + 1])
            if first >= facts_at_a_distance.FIRST_QUESTION:
                value, at = last[first - facts_at_a_distance.KEYS]
                assert (int(targets[t]), second, int(distance[t])) == (value, value, t - at)
            elif first >= facts_at_a_distance.FIRST_KEY:
                last[first] = second, t + 1
    assert (facts.targets != facts_at_a_distance.NOT_ASKED).sum() == (facts.distance > 0).sum()


def test_outdated_answers_are_values_that_a_key_had_before():
    f = facts_at_a_distance
    a, b, q = f.FIRST_KEY, f.FIRST_KEY + 1, f.FIRST_QUESTION
    ids = torch.tensor([[a, 8, b, 9, a, 10, q, 10, q + 1, 9, q, 10, 0, 1]])
    targets = torch.full_like(ids, f.NOT_ASKED)
    targets[0, [6, 8, 10]] = torch.tensor([10, 9, 10])
    answers = torch.zeros_like(ids)
    answers[0, [6, 8, 10, 12]] = torch.tensor([8, 8, 10, 8])  # old; another key's; the newest; nothing is asked
    old = f.outdated(f.Facts(ids, targets, torch.zeros_like(ids)), answers)
    assert old.nonzero().tolist() == [[0, 6]]


def run_rwkv() -> None:
    model, ids = made(rwkv.factored), torch.randint(V, (B, T), generator=generator(0))
    _, traces = model(ids)
    assert check_fields(traces[0], B=B, T=T, D=D) == 4
    w, u, (k, v) = normal(D, seed=0).exp(), normal(D, seed=1), normal(2, B, T, D, seed=2)
    rwkv.parallel(w, u, k, v)
    rwkv.chunkwise(w, u, k, v)
    _, state = rwkv.one_chunk(w, u, k, v, rwkv.Sums(*torch.zeros(3, B, D)))
    assert check_fields(state, B=B, D=D) == 3


def run_changes() -> None:
    w, u, (k, v) = normal(D, seed=0).exp(), normal(D, seed=1), normal(2, B, T, D, seed=2)
    rwkv_changes.without_maximum(w, u, k, v)


def run_facts() -> None:
    facts = facts_at_a_distance.texts(B, 12, generator(0))
    assert check_fields(facts, B=B, T=24) == 3
    facts_at_a_distance.outdated(facts, facts.ids)


@pytest.mark.parametrize("name", fading_memories.CHECKPOINTS)
def test_cards(name):
    assert fading_memories.CHECKPOINTS[name].measured() == pytest.approx(load_card(name)["metrics"], abs=0.02)


@pytest.mark.parametrize(
    ("module", "run", "sizes"),
    [
        (rwkv, run_rwkv, {"B": B, "D": D}),
        (rwkv_changes, run_changes, {"B": B, "D": D}),
        (rwkv_model, run_rwkv, {"D": D}),
        (facts_at_a_distance, run_facts, {"B": B}),
    ],
)
def test_shape_comments(module, run, sizes):
    with shapes_checked(module, **sizes) as watch:
        run()
    assert watch.reached
    assert not watch.unreached()
