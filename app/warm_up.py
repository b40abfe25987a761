"""What a first training and a first search need and nothing before them, done while nobody waits."""

import torch
from torch import nn

from glossary.search import search


def warm_up() -> None:
    """Builds the search index and makes an optimiser, with which torch imports its compiler: a second each."""
    search("")
    layer = nn.Linear(1, 1, device="meta").to_empty(device="cpu")
    torch.optim.SGD(layer.parameters(), lr=1.0)
