"""Neural Turing machines of which one stage of the addressing is held: what is left without it.

The controller still asks for a shift or a sharpening; nothing comes of it.
"""

from torch import Tensor, zeros_like

from models.memory.addressing import Address, Stages, address
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
