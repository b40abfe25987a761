"""The neural Turing machine: a copy by hand, what holds for any weights, gradients, and the shape comments."""

from functools import partial

import pytest
import torch

from models.data import copied_rows
from models.data.copied_rows import BITS, FEATURES, answers, asked_for, texts
from models.memory import turing_machine
from models.memory.addressing import Address, address, read, written
from models.memory.held_stages import Unsharpened, Unshifted
from models.memory.turing_machine import EMPTY, SHIFTS, TuringMachine, address_of, at_row
from models.seeding import generator, normal, seeded
from tests.shape_comments import check_fields, shapes_checked

close = partial(torch.testing.assert_close, atol=1e-5, rtol=1e-5)
B, T, N, W, D = 2, 7, 9, 5, 11
X = normal(B, T, FEATURES, seed=0)


def machine(kind: type[TuringMachine] = TuringMachine, seed: int = 0) -> TuringMachine:
    built = seeded(lambda: kind(FEATURES, BITS, D, N, W), seed)
    with torch.no_grad():
        for weight in built.parameters():
            weight.mul_(1.5)
    return built


def test_what_a_head_asks_for_by_hand() -> None:
    asked = address_of(torch.tensor([[0.5, -0.5, 0.0, 1.0, 0.0, 0.0, 100.0, 2.0]]))
    close(asked.key, torch.tensor([[0.4621172, -0.4621172]]))
    close(torch.cat([asked.strength, asked.gate], -1), torch.tensor([[0.6931472, 0.7310586]]))
    close(asked.kernel, torch.tensor([[0.0, 0.0, 1.0]]))
    close(asked.sharpening, torch.tensor([[3.1269280]]))


def test_heads_moved_by_hand_copy_rows() -> None:
    """Gate 0 and a shift of one row: the write head steps down, then the read head takes the same path."""
    rows = torch.tensor([[1.0, -1.0], [0.5, 2.0], [-3.0, 0.0]])
    down = Address(*(torch.tensor([part]) for part in ([1.0, 0.0], [1.0], [0.0], [0.0, 0.0, 1.0], [1.0])))
    memory, focus = torch.zeros(1, N, 2), torch.eye(N)[N - 1][None]
    for row in rows:
        focus = address(down, focus, memory).sharpened
        memory = written(memory, focus, torch.ones(1, 2), row[None])
    focus, found = torch.eye(N)[N - 1][None], []
    for _ in rows:
        focus = address(down, focus, memory).sharpened
        found.append(read(focus, memory)[0])
    close(torch.stack(found), rows)


def test_every_step_follows_from_the_equations() -> None:
    own = machine()
    y, trace = own(X)
    memory, reading = torch.full((B, N, W), EMPTY), torch.zeros(B, W)
    before = {"write": at_row(0, torch.zeros(B, N)), "read": at_row(0, torch.zeros(B, N))}
    for t in range(T):
        h = own.controller(torch.cat([X[:, t], reading], -1)).tanh()
        numbers = own.write_head(h)
        before["write"] = address(address_of(numbers[:, : W + SHIFTS + 3]), before["write"], memory).sharpened
        erase, add = numbers[:, W + SHIFTS + 3 :].chunk(2, -1)
        memory = written(memory, before["write"], erase.sigmoid(), add.tanh())
        before["read"] = address(address_of(own.read_head(h)), before["read"], memory).sharpened
        reading = read(before["read"], memory)
        close(trace.memories[:, t], memory)
        close(trace.reads[:, t], reading)
        close(y[:, t], own.output(torch.cat([h, reading], -1)))


def test_rows_have_no_number_of_their_own() -> None:
    """Both heads started elsewhere: the memory is turned, the output is the same."""
    own = machine()
    y, trace = own(X)
    own.first_row = 4
    turned, moved = own(X)
    close(turned, y)
    close(moved.memories, trace.memories.roll(4, 2))


def test_a_later_input_changes_nothing_before_it_and_gradients_reach_every_weight() -> None:
    own = machine()
    other = X.clone()
    other[:, 4] += 1
    close(own(other)[0][:, :4], own(X)[0][:, :4])
    assert (own(other)[0][:, 4:] - own(X)[0][:, 4:]).abs().max() > 1e-3
    own(X)[0].square().sum().backward()
    assert all(weight.grad.isfinite().all() and weight.grad.abs().sum() > 0 for weight in own.parameters())


@pytest.mark.parametrize("kind", [Unshifted, Unsharpened])
def test_a_held_stage_is_as_the_stage_at_rest(kind: type[TuringMachine]) -> None:
    trace = machine(kind)(X)[1]
    for stages in (trace.write, trace.read):
        same = (stages.gated, stages.shifted) if kind is Unshifted else (stages.shifted, stages.sharpened)
        close(*same)
    assert (machine()(X)[0] - machine(kind)(X)[0]).abs().max() > 1e-3


def test_at_its_start_a_machine_hardly_sharpens() -> None:
    trace = machine().start()(torch.zeros(1, 1, FEATURES))[1]
    own = seeded(lambda: TuringMachine(FEATURES, BITS, D, N, W), 0).start()
    for head in (own.write_head, own.read_head):
        assert address_of(head.bias[None, : W + SHIFTS + 3]).sharpening.item() == pytest.approx(1.0181, abs=1e-4)
    assert trace.memories.shape == (1, 1, N, W)


def test_a_text_asks_for_its_own_bits() -> None:
    text = asked_for(torch.tensor([[[1.0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 1]]]))
    assert text.x[0].tolist() == [
        [1, -1, 1, 1, -1, -1, 0], [-1, -1, -1, -1, -1, 1, 0], [0, 0, 0, 0, 0, 0, 1], [0] * 7, [0] * 7,
    ]  # fmt: skip
    assert answers(text.x).shape == (1, 2, 7)
    assert texts(50, 4, generator(0)).bits.mean().item() == pytest.approx(0.5, abs=0.05)


def test_the_shape_comments_are_true() -> None:
    sizes = {"B": B, "N": N, "W": W, "D": D, "K": SHIFTS, "A": 3 * W + SHIFTS + 3, "O": BITS}
    with shapes_checked(turing_machine, Unshifted.address, Unsharpened.address, **sizes) as watch:
        _, trace = machine()(X)
        assert check_fields(trace, B=B, T=T, N=N, W=W) == 4
        machine(Unshifted)(X)
        machine(Unsharpened)(X)
    assert watch.reached
    assert not watch.unreached()
    with shapes_checked(copied_rows, B=B, T=2 * 3 + 1, F=FEATURES, L=3, O=BITS) as watch:
        assert check_fields(texts(B, 3, generator(0)), B=B, T=7, F=FEATURES, L=3, O=BITS) == 2
    assert watch.reached
    assert not watch.unreached()
