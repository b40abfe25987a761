"""Machines of which one stage of the addressing is held: what is left without it.

The controller still asks for a shift, a sharpening or a step along the links; nothing comes of it.
"""

from torch import Tensor, zeros_like

from models.memory.addressing import Address, Stages, address
from models.memory.linked_memory import forward_from
from models.memory.neural_computer import NeuralComputer, read_weighting
from models.memory.turing_machine import SHIFTS, TuringMachine


class Unshifted(TuringMachine):
    """s = (0, 1, 0): a head goes where content leads, or stays."""

    def address(self, asked: Address, before: Tensor, memory: Tensor) -> Stages:
        stay = zeros_like(asked.kernel)  # (B, K)
        stay[..., SHIFTS // 2] = 1
        return address(asked._replace(kernel=stay), before, memory)


class Unsharpened(TuringMachine):
    """γ = 1: what a shift blurs stays blurred."""

    def address(self, asked: Address, before: Tensor, memory: Tensor) -> Stages:
        return address(asked._replace(sharpening=zeros_like(asked.sharpening) + 1), before, memory)


class Unlinked(NeuralComputer):
    """b = f = 0: nothing tells which row was written after which; free rows and content are left."""

    def reading(self, modes: Tensor, links: Tensor, content: Tensor, before: Tensor) -> Tensor:
        nowhere = zeros_like(before)  # (B, N)
        return read_weighting(modes, nowhere, content, nowhere)


class Forwards(NeuralComputer):
    """b = 0: links lead to what was written next, none to what was written before."""

    def reading(self, modes: Tensor, links: Tensor, content: Tensor, before: Tensor) -> Tensor:
        return read_weighting(modes, zeros_like(before), content, forward_from(links, before))
