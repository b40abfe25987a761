"""A neural Turing machine: a network without a state of its own, and a memory with one write and one read head.

Paper: Graves, Wayne & Danihelka 2014, "Neural Turing Machines", section 3. The controller is the paper's feedforward
one: from step to step only the memory, the two weightings and the row last read go on.

Symbols
    x  input (B, T, I)      r  what was read (B, W)      h  controller (B, D)      y  output (B, T, O)
    M  memory (B, N, W)     w  weighting of a head (B, N)     K  shifts that a head may make, here 3
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from models.memory.addressing import Address, Stages, address, read, written

SHIFTS = 3
EMPTY = 1e-2
"""What every number of the memory is before the first step."""


class MachineTrace(NamedTuple):
    """Both heads' stages, and what was written and read, at every step."""

    write: Stages  # (B, T, N)
    read: Stages  # (B, T, N)
    asked_write: Address  # (B, T, ...)
    asked_read: Address  # (B, T, ...)
    erased: Tensor  # (B, T, W)
    added: Tensor  # (B, T, W)
    memories: Tensor  # (B, T, N, W)
    reads: Tensor  # (B, T, W)


def address_of(numbers: Tensor) -> Address:
    """k = tanh z₁, β = softplus z₂, g = σ(z₃), s = softmax z₄, γ = 1 + softplus z₅"""
    width = numbers.shape[-1] - SHIFTS - 3
    key, strength, gate, kernel, sharpening = numbers.split([width, 1, 1, SHIFTS, 1], dim=-1)
    return Address(key.tanh(), softplus(strength), gate.sigmoid(), kernel.softmax(dim=-1), 1 + softplus(sharpening))


def at_row(row: int, like: Tensor) -> Tensor:
    """w(row) = 1, 0 elsewhere; as many rows as ``like`` (B, N) has."""
    places = torch.arange(like.shape[-1], device=like.device)  # (N,)
    return (places == row).to(like).expand_as(like)


class TuringMachine(nn.Module):
    """One write head, one read head; both start at row ``first_row``."""

    def __init__(self, inputs: int, outputs: int, hidden: int, rows: int, width: int) -> None:
        super().__init__()
        self.rows, self.width, self.first_row = rows, width, 0
        asked = width + SHIFTS + 3
        self.controller = nn.Linear(inputs + width, hidden)
        self.write_head = nn.Linear(hidden, asked + 2 * width)
        self.read_head = nn.Linear(hidden, asked)
        self.output = nn.Linear(hidden + width, outputs)

    def start(self) -> "TuringMachine":
        """Before training: both heads sharpen hardly at all, γ = 1 + softplus(−4) = 1.02."""
        with torch.no_grad():
            for head in (self.write_head, self.read_head):
                head.bias[self.width + SHIFTS + 2] = -4
        return self

    def address(self, asked: Address, before: Tensor, memory: Tensor) -> Stages:
        """A head's weighting from its last one; other machines change a stage here."""
        return address(asked, before, memory)

    def forward(self, x: Tensor) -> tuple[Tensor, MachineTrace]:
        """Logits at every step (B, T, O)."""
        memory = x.new_full((len(x), self.rows, self.width), EMPTY)  # (B, N, W)
        at_write = at_read = at_row(self.first_row, memory[..., 0])  # (B, N)
        r = x.new_zeros(len(x), self.width)  # (B, W)
        steps = []
        for t in range(x.shape[1]):
            h = self.controller(torch.cat([x[:, t], r], dim=-1)).tanh()  # (B, D)
            numbers = self.write_head(h)  # (B, A)
            asked_write, asked_read = address_of(numbers[:, : -2 * self.width]), address_of(self.read_head(h))
            erase, add = numbers[:, -2 * self.width :].chunk(2, dim=-1)  # (B, W)
            erase, add = erase.sigmoid(), add.tanh()  # (B, W)
            writes = self.address(asked_write, at_write, memory)
            memory = written(memory, writes.sharpened, erase, add)  # (B, N, W)
            reads = self.address(asked_read, at_read, memory)
            r = read(reads.sharpened, memory)  # (B, W)
            at_write, at_read = writes.sharpened, reads.sharpened
            y = self.output(torch.cat([h, r], dim=-1))  # (B, O)
            steps.append((writes, reads, asked_write, asked_read, erase, add, memory, r, y))
        joined = [_over_steps(parts) for parts in zip(*steps)]
        return joined[-1], MachineTrace(*joined[:-1])


def _over_steps(parts: tuple[Any, ...]) -> Any:
    """Tensors, or named tuples of them, of all steps: time becomes the second axis."""
    if isinstance(parts[0], Tensor):
        return torch.stack(parts, dim=1)
    return type(parts[0])(*(torch.stack(part, dim=1) for part in zip(*parts)))
