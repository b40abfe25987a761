"""The picture that a cellular automaton learns to grow: a lizard of 13 × 12 cells, in a grid of 16 × 16."""

import torch
from torch import Tensor

SIZE = 16
INK = {".": 0.0, "-": 0.5, "#": 1.0}
LIZARD = (
    "................",
    "................",
    ".....####.......",
    ".....#--#..##...",
    "..##.#--#.##....",
    "...##-##-##.....",
    ".....#--#.......",
    "......--........",
    ".....#--#.......",
    "...##-##-##.....",
    "..##..--..##....",
    "......##........",
    ".......##..#....",
    "........####....",
    "................",
    "................",
)


def lizard() -> Tensor:
    """How dark each cell is, 0 to 1: (Y, X)."""
    return torch.tensor([[INK[cell] for cell in row] for row in LIZARD])  # (Y, X)
