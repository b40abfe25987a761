"""The smallest next-token models: a table at the input, perhaps one layer, and a table at the output.

Papers: Press & Wolf 2017, "Using the Output Embedding to Improve Language Models" (the input and the output
embedding U and V that a tied model makes one); Vaswani et al. 2017, "Attention Is All You Need", section 3.4.

Symbols
    i  tokens (N,)      E  input table (V, D)      U  output table (V, D); E itself where weights are tied
    h  states (N, D)    z  logits (N, V)           V  vocabulary      D  width
"""

from typing import NamedTuple

from torch import Tensor, autograd, nn
from torch.nn.functional import cross_entropy, relu

from models.layers.feed_forward import FeedForward


def logits(h: Tensor, U: Tensor) -> Tensor:
    """z = h Uᵀ: (N, D) × (V, D) → (N, V)"""
    return h @ U.T


class Straight(nn.Module):
    """No layer between the tables: h = x."""

    def forward(self, x: Tensor) -> Tensor:
        return x


class OneMLP(nn.Module):
    """h = x + FFN(x), the MLP of a block with its residual connection."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.feed_forward = FeedForward(width, 4 * width, relu)

    def forward(self, x: Tensor) -> Tensor:
        changed, _ = self.feed_forward(x)
        return x + changed


class Tied(nn.Module):
    """z = h(E[i]) Eᵀ: the input table is the output table."""

    def __init__(self, vocabulary: int, width: int, between: nn.Module) -> None:
        super().__init__()
        self.input = nn.Embedding(vocabulary, width)
        self.between = between

    @property
    def output(self) -> Tensor:
        """The rows that states are compared with (V, D)."""
        return self.input.weight

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (N, V) of the next token, and the states h (N, D)."""
        h: Tensor = self.between(self.input(ids))
        return logits(h, self.output), h


class Untied(Tied):
    """z = h(E[i]) Uᵀ with a second table U."""

    def __init__(self, vocabulary: int, width: int, between: nn.Module) -> None:
        super().__init__(vocabulary, width, between)
        self.output_table = nn.Embedding(vocabulary, width)

    @property
    def output(self) -> Tensor:
        return self.output_table.weight


class TableGradients(NamedTuple):
    """∂L/∂E as training sees it, and through each of the two uses with the other held fixed; all (V, D)."""

    whole: Tensor
    as_input: Tensor
    as_output: Tensor


def table_gradients(model: Tied, ids: Tensor, targets: Tensor) -> TableGradients:
    """∇E = ∇(as input) + ∇(as output) where one tensor has both uses; of two tensors E gets the first part only."""
    loss = cross_entropy(model(ids)[0], targets)
    (whole,) = autograd.grad(loss, [model.input.weight])
    E, U = (table.detach().clone().requires_grad_() for table in (model.input.weight, model.output))
    loss = cross_entropy(logits(model.between(E[ids]), U), targets)
    as_input, as_output = autograd.grad(loss, [E, U])
    return TableGradients(whole, as_input, as_output)


def gradient_of_both(as_input: Tensor, as_output: Tensor) -> Tensor:
    """∂L/∂E = ∂L/∂E (as input) + ∂L/∂E (as output)"""
    return as_input + as_output
