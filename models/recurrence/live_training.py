"""Training a small recurrent network while the reader watches: Adam (Kingma & Ba 2014), gradients clipped to norm 1.

Paper, for the clipping: Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks".
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from models.seeding import generator


class LiveTraining:
    """``loss`` draws a batch from the generator it is given and returns a scalar; every step is one update."""

    def __init__(
        self, model: nn.Module, loss: Callable[[torch.Generator], Tensor], seed: int, learning_rate: float
    ) -> None:
        self.model, self.loss, self.draws = model, loss, generator(seed)
        self.optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate, fused=True)

    def step(self) -> None:
        self.optimizer.zero_grad()
        self.loss(self.draws).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
