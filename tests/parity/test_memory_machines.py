"""Addressing and automata against torch's own functions, in float64 at odd sizes: attention, convolution, pooling."""

import pytest
import torch
from torch.nn.functional import conv1d, conv2d, cosine_similarity, max_pool2d, pad, scaled_dot_product_attention

from models.cellular.automaton import Automaton
from models.cellular.chance import taking_part
from models.memory.addressing import by_content, interpolated, read, sharpened, shifted, similarity, written
from models.memory.neural_computer import NeuralComputer, interface_of
from models.memory.turing_machine import EMPTY, TuringMachine, address_of
from models.seeding import generator, normal
from tests.parity.weights import redraw

B, N, W, J, A, D, T = 3, 11, 5, 7, 3, 13, 9


def test_reading_by_content_is_attention_with_unit_keys() -> None:
    key, memory = normal(B, W, seed=0).double(), normal(B, N, W, seed=1).double()
    strength = torch.tensor([[0.5], [3.0], [9.0]], dtype=torch.float64)
    unit = lambda x: x / x.norm(dim=-1, keepdim=True)
    ours = read(by_content(key, strength, memory), memory)
    theirs = scaled_dot_product_attention((strength * unit(key))[:, None], unit(memory), memory, scale=1.0)[:, 0]
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(
        similarity(key, memory), cosine_similarity(key[:, None], memory, dim=-1), atol=1e-5, rtol=0
    )
    unscaled = scaled_dot_product_attention(unit(key)[:, None], unit(memory), memory, scale=1.0)[:, 0]
    assert (ours - unscaled).abs().max() > 0.05


@pytest.mark.parametrize("shifts", [3, 5])
def test_a_shift_is_a_circular_convolution(shifts: int) -> None:
    weighting, kernel = normal(1, N, seed=2).softmax(-1).double(), normal(1, shifts, seed=3).softmax(-1).double()
    around = pad(weighting[:, None], (shifts // 2, shifts // 2), mode="circular")
    theirs = conv1d(around, kernel.flip(-1)[:, None])[:, 0]  # torch's convolution does not turn its kernel round
    torch.testing.assert_close(shifted(weighting, kernel), theirs)
    assert (shifted(weighting, kernel) - conv1d(around, kernel[:, None])[:, 0]).abs().max() > 1e-3


def _written_out(machine: TuringMachine, x: torch.Tensor, order: str) -> torch.Tensor:
    """The machine again, with torch's functions and one row of the memory at a time."""
    memory = torch.full((len(x), N, W), EMPTY, dtype=x.dtype)
    focus = {head: torch.eye(N, dtype=x.dtype)[:1].expand(len(x), -1) for head in ("write", "read")}
    reading, outputs = torch.zeros(len(x), W, dtype=x.dtype), []
    for t in range(x.shape[1]):
        h = torch.cat([x[:, t], reading], -1) @ machine.controller.weight.T + machine.controller.bias
        numbers = {head: getattr(machine, f"{head}_head")(h.tanh()) for head in focus}
        for head in focus if order == "write, read" else reversed(focus):
            asked = address_of(numbers[head][:, : W + 6])
            likeness = cosine_similarity(asked.key[:, None], memory, dim=-1)
            content = torch.exp(asked.strength * likeness)
            gated = asked.gate * content / content.sum(-1, keepdim=True) + (1 - asked.gate) * focus[head]
            moved = sum(asked.kernel[:, by + 1, None] * gated.roll(by, -1) for by in (-1, 0, 1))
            powers = torch.exp(asked.sharpening * moved.log())
            focus[head] = powers / powers.sum(-1, keepdim=True)
            if head == "write":
                erase, add = numbers[head][:, W + 6 :].chunk(2, -1)
                memory = memory - memory * focus[head][..., None] * erase.sigmoid()[:, None]
                memory = memory + focus[head][..., None] * add.tanh()[:, None]
            else:
                reading = (focus[head][..., None] * memory).sum(1)
        outputs.append(machine.output(torch.cat([h.tanh(), reading], -1)))
    return torch.stack(outputs, 1)


def test_a_machine_written_out_with_torchs_functions() -> None:
    machine = TuringMachine(J, A, D, N, W).double()
    redraw(machine, 4)
    x = normal(B, T, J, seed=5).double()
    ours = machine(x)[0]
    torch.testing.assert_close(ours, _written_out(machine, x, "write, read"), atol=1e-4, rtol=1e-4)
    assert (ours - _written_out(machine, x, "read, write")).abs().max() > 1e-2


def _computer_written_out(computer: NeuralComputer, x: torch.Tensor, mutation: str) -> torch.Tensor:
    """The computer again: one text, one row and one pair of rows at a time, usage by a loop over sorted rows."""
    outputs = []
    for text in x:
        memory, links = torch.full((N, W), EMPTY, dtype=x.dtype), torch.zeros(N, N, dtype=x.dtype)
        usage, precedence, w, v = (torch.zeros(N, dtype=x.dtype) for _ in range(4))
        r, answers = torch.zeros(W, dtype=x.dtype), []
        for step in text:
            h = (computer.controller.weight @ torch.cat([step, r]) + computer.controller.bias).tanh()
            z = computer.interface.weight @ h + computer.interface.bias
            asked = [part[0] for part in interface_of(z[None], W)]
            write_key, read_key, erase, add, write_beta, read_beta, free, write, allocate, modes = asked
            usage = (usage + w - usage * w) * (1 - free * v)
            share, left = torch.zeros(N, dtype=x.dtype), 1.0
            for row in sorted(range(N), key=usage.tolist().__getitem__):
                share[row] = (1 - usage[row]) * left
                left = left * usage[row]
            content = (write_beta * cosine_similarity(write_key[None], memory, dim=-1)).softmax(-1)
            w = write * (allocate * share + (1 - allocate) * content)
            memory = memory * (1 - torch.outer(w, erase)) + torch.outer(w, add)
            rows = range(N)
            links = torch.stack(
                [
                    torch.stack(
                        [(1 - w[i] - w[j]) * links[i, j] + w[i] * precedence[j] if i != j else 0 * w[i] for j in rows]
                    )
                    for i in rows
                ]
            )
            precedence = (1 - w.sum()) * precedence + w
            found = (read_beta * cosine_similarity(read_key[None], memory, dim=-1)).softmax(-1)
            ways = [links.T @ v, found, links @ v]
            v = sum(mode * way for mode, way in zip(modes, ways if mutation == "" else reversed(ways)))
            r = v @ memory
            answers.append(computer.output.weight @ torch.cat([h, r]) + computer.output.bias)
        outputs.append(torch.stack(answers))
    return torch.stack(outputs)


def test_a_computer_written_out_row_by_row() -> None:
    computer = NeuralComputer(J, A, D, N, W).double()
    redraw(computer, 6)
    x = normal(B, T, J, seed=7).double()
    with torch.no_grad():
        ours = computer(x)[0]
        torch.testing.assert_close(ours, _computer_written_out(computer, x, ""), atol=1e-4, rtol=1e-4)
        assert (ours - _computer_written_out(computer, x, "links the wrong way")).abs().max() > 1e-3


def test_stages_of_the_machine_alone() -> None:
    before, content = (normal(B, N, seed=seed).softmax(-1).double() for seed in (6, 7))
    gate, powers = (
        torch.rand(B, 1, generator=generator(8)).double(),
        1 + torch.rand(B, 1, generator=generator(9)).double(),
    )
    torch.testing.assert_close(interpolated(content, before, gate), torch.lerp(before, content, gate))
    torch.testing.assert_close(sharpened(before, powers), torch.softmax(powers * before.log(), -1))
    memory, erase, add = normal(B, N, W, seed=1).double(), gate.expand(B, W), normal(B, W, seed=2).double()
    outer = torch.einsum("bn,bw->bnw", before, erase)
    torch.testing.assert_close(
        written(memory, before, erase, add), memory - memory * outer + torch.einsum("bn,bw->bnw", before, add)
    )


@pytest.mark.parametrize("mutation", ["", "slopes swapped", "no life before"])
def test_an_automaton_written_out_with_convolutions(mutation: str) -> None:
    size, channels = 9, 5
    rule = Automaton(channels, D).double()
    redraw(rule, 0)
    x = normal(2, size, size, channels, seed=1).double()
    part = taking_part(3, 0, 4, size, 0.6).double().expand(2, -1, -1, -1, -1)
    ours = rule(0.2 * x, part)[0]
    kernel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=torch.float64) / 8
    kernels = [kernel, kernel.T] if mutation != "slopes swapped" else [kernel.T, kernel]
    weight = torch.stack(kernels).repeat_interleave(channels, 0)[:, None]
    state = (0.2 * x).permute(0, 3, 1, 2)
    life = lambda s: (max_pool2d(s[:, :1], 3, 1, 1) > 0.1).double()
    for u in part.permute(1, 0, 4, 2, 3):
        slopes = conv2d(state.repeat(1, 2, 1, 1), weight, padding=1, groups=2 * channels)
        seen = torch.cat([state, slopes], 1)
        hidden = conv2d(seen, rule.hidden.weight[..., None, None], rule.hidden.bias).relu()
        moved = state + u * conv2d(hidden, rule.change.weight[..., None, None])
        state = moved * life(moved) * (1 if mutation == "no life before" else life(state))
    difference = (ours - state.permute(0, 2, 3, 1)).abs().max()
    assert difference < 1e-9 if not mutation else difference > 1e-3
