"""A differentiable neural computer: writes go to free rows, and reads follow the order of the writes. No shifts.

Paper: Graves et al. 2016, "Hybrid computing using a neural network with dynamic external memory" (Nature 538), Methods.
Here with one read head and a feedforward controller, so that from step to step only the memory and its records go on.

Symbols
    x  input (B, T, I)      r  what was read (B, W)      h  controller (B, D)      y  output (B, T, O)
    M  memory (B, N, W)     u  usage (B, N)      a  allocation (B, N)      L  links (B, N, N)     p  precedence (B, N)
    w  write weighting, v read weighting (B, N)      f  free gate, g write gate, q allocation gate (B, 1)
    π  read modes (B, 3): backwards, by content, forwards
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from models.memory.addressing import by_content, read, written
from models.memory.linked_memory import Links, allocation, backward_from, forward_from, linked, used
from models.memory.turing_machine import EMPTY

MODES = 3
SCALARS = 5
"""Numbers of an interface beside vectors and modes: two strengths, three gates."""


class Interface(NamedTuple):
    """What the controller asks of the memory at a step."""

    write_key: Tensor  # (B, W)
    read_key: Tensor  # (B, W)
    erase: Tensor  # (B, W)
    add: Tensor  # (B, W)
    write_strength: Tensor  # (B, 1)
    read_strength: Tensor  # (B, 1)
    free: Tensor  # (B, 1)
    write: Tensor  # (B, 1)
    allocate: Tensor  # (B, 1)
    modes: Tensor  # (B, 3)


class ComputerTrace(NamedTuple):
    """Where was written and read at every step, and how that was chosen."""

    usages: Tensor  # (B, T, N) before each write
    writes: Tensor  # (B, T, N)
    reads: Tensor  # (B, T, N)
    modes: Tensor  # (B, T, 3)
    gates: Tensor  # (B, T, 3) free, write, allocation
    memories: Tensor  # (B, T, N, W)
    links: Tensor  # (B, N, N) after the last step


def interface_of(z: Tensor, width: int) -> Interface:
    """β = 1 + softplus z, e = σ(z), f, g, q = σ(z), π = softmax z; keys and a as they are, from z (B, 4 W + 8)."""
    vectors, scalars, modes = z.split([4 * width, SCALARS, MODES], dim=-1)
    write_key, read_key, erase, add = vectors.chunk(4, dim=-1)
    strengths, gates = scalars.split([2, 3], dim=-1)
    return Interface(
        write_key, read_key, erase.sigmoid(), add, *(1 + softplus(strengths)).chunk(2, dim=-1),
        *gates.sigmoid().chunk(3, dim=-1), modes.softmax(dim=-1),
    )  # fmt: skip


def retention(free: Tensor, reading: Tensor) -> Tensor:
    """ψ = 1 − f v, with the read weighting of the step before"""
    return 1 - free * reading


def write_weighting(asked: Interface, content: Tensor, free_rows: Tensor) -> Tensor:
    """w = g [q a + (1 − q) c]"""
    return asked.write * (asked.allocate * free_rows + (1 - asked.allocate) * content)


def read_weighting(modes: Tensor, backward: Tensor, content: Tensor, forward: Tensor) -> Tensor:
    """v = π₁ b + π₂ c + π₃ f"""
    return (torch.stack([backward, content, forward], dim=-1) @ modes[..., None])[..., 0]


class NeuralComputer(nn.Module):
    """``rows`` rows of ``width`` numbers, one read head."""

    def __init__(self, inputs: int, outputs: int, hidden: int, rows: int, width: int) -> None:
        super().__init__()
        self.rows, self.width = rows, width
        self.first_usage: Tensor | float = 0.0  # (N,) or one number: which rows count as how free before the first step
        self.controller = nn.Linear(inputs + width, hidden)
        self.interface = nn.Linear(hidden, 4 * width + SCALARS + MODES)
        self.output = nn.Linear(hidden + width, outputs)

    def reading(self, modes: Tensor, links: Tensor, content: Tensor, before: Tensor) -> Tensor:
        """The read weighting from the last one; other machines change it here."""
        return read_weighting(modes, backward_from(links, before), content, forward_from(links, before))

    def forward(self, x: Tensor) -> tuple[Tensor, ComputerTrace]:
        """Logits at every step (B, T, O)."""
        memory = x.new_full((len(x), self.rows, self.width), EMPTY)  # (B, N, W)
        w = v = x.new_zeros(len(x), self.rows)  # (B, N)
        usage = w + self.first_usage  # (B, N)
        order = Links(x.new_zeros(len(x), self.rows, self.rows), w)
        r = x.new_zeros(len(x), self.width)  # (B, W)
        steps = []
        for t in range(x.shape[1]):
            h = self.controller(torch.cat([x[:, t], r], dim=-1)).tanh()  # (B, D)
            asked = interface_of(self.interface(h), self.width)
            usage = used(usage, w, retention(asked.free, v))  # (B, N)
            content = by_content(asked.write_key, asked.write_strength, memory)  # (B, N)
            w = write_weighting(asked, content, allocation(usage))  # (B, N)
            memory = written(memory, w, asked.erase, asked.add)  # (B, N, W)
            order = linked(order, w)
            found = by_content(asked.read_key, asked.read_strength, memory)  # (B, N)
            v = self.reading(asked.modes, order.links, found, v)  # (B, N)
            r = read(v, memory)  # (B, W)
            y = self.output(torch.cat([h, r], dim=-1))  # (B, O)
            gates = torch.cat([asked.free, asked.write, asked.allocate], dim=-1)  # (B, 3)
            steps.append((usage, w, v, asked.modes, gates, memory, y))
        *joined, y = (torch.stack(parts, dim=1) for parts in zip(*steps))
        return y, ComputerTrace(*joined, order.links)
