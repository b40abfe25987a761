"""Modules that are put together anew for every task, and one network that has to do all tasks itself.

Papers: Andreas et al. 2016, "Neural Module Networks" (the route is given);
Rosenbaum et al. 2018, "Routing Networks" and Kirsch et al. 2018, "Modular Networks" (it is learned).

Symbols
    s  symbols, one-hot or as probabilities (N, S)     M  modules      code  which function is asked for (N,)
    w  share of each module in a step (N, M)           R  route: function → shares of modules (F, M)
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from models.seeding import generator


class ModularTrace(NamedTuple):
    """What was between the steps."""

    between: Tensor  # (N, S) probabilities after the first step
    shares: Tensor  # (N, 2, M) of each module in each step


class Modules(nn.Module):
    """M small networks S → H → S side by side; ``forward`` mixes their outputs by the shares w."""

    def __init__(self, count: int, symbols: int, hidden: int, seed: int) -> None:
        super().__init__()
        draws = generator(seed)
        self.first = nn.Parameter(torch.randn(count, symbols, hidden, generator=draws) / symbols**0.5)
        self.second = nn.Parameter(torch.randn(count, hidden, symbols, generator=draws) / hidden**0.5)

    def forward(self, s: Tensor, w: Tensor) -> Tensor:
        """Σₘ wₘ Moduleₘ(s), as logits: (N, S), (N, M) → (N, S)."""
        neurons = torch.einsum("ns,msh->nmh", s, self.first).relu()  # (N, M, H)
        return torch.einsum("nmh,mhs,nm->ns", neurons, self.second, w)


class ModularNetwork(nn.Module):
    """y = Module_b(softmax(Module_a(s))), with the modules of each step taken from ``route``."""

    def __init__(self, modules: Modules, route: nn.Module) -> None:
        super().__init__()
        self.modules_, self.route = modules, route

    def forward(self, symbol: Tensor, first: Tensor, second: Tensor) -> tuple[Tensor, ModularTrace]:
        shares = torch.stack([self.route(first), self.route(second)], dim=1)  # (N, 2, M)
        S = self.modules_.first.shape[1]
        between = self.modules_(one_hot(symbol, S).float(), shares[:, 0]).softmax(dim=-1)  # (N, S)
        return self.modules_(between, shares[:, 1]), ModularTrace(between, shares)


class GivenRoute(nn.Module):
    """Function i is module i."""

    def __init__(self, modules: int) -> None:
        super().__init__()
        self.modules_ = modules

    def forward(self, code: Tensor) -> Tensor:
        return one_hot(code, self.modules_).float()


def route_shares(logits: Tensor) -> Tensor:
    """softmax(R): the share of each module in each function. (F, M)"""
    return logits.softmax(dim=-1)


class LearnedRoute(nn.Module):
    """softmax(R) of the function's row: at first even, and nobody says which module is whose."""

    def __init__(self, functions: int, modules: int, seed: int) -> None:
        super().__init__()
        self.logits = nn.Parameter(0.5 * torch.randn(functions, modules, generator=generator(seed)))

    def forward(self, code: Tensor) -> Tensor:
        return route_shares(self.logits)[code]


class Monolith(nn.Module):
    """One network that reads the symbol and both codes at once: [s; a; b] → H → H → S."""

    def __init__(self, functions: int, symbols: int, hidden: int, seed: int) -> None:
        super().__init__()
        self.functions, self.symbols = functions, symbols
        draws = generator(seed)
        sizes = (symbols + 2 * functions, hidden, hidden, symbols)
        self.weights = nn.ParameterList(
            torch.randn(rows, columns, generator=draws) * (2 / rows) ** 0.5 for rows, columns in pairwise(sizes)
        )

    def forward(self, symbol: Tensor, first: Tensor, second: Tensor) -> tuple[Tensor, None]:
        read = [one_hot(symbol, self.symbols), one_hot(first, self.functions), one_hot(second, self.functions)]
        x = torch.cat(read, dim=-1).float()
        *inner, last = self.weights
        for weight in inner:
            x = (x @ weight).relu()
        return x @ last, None
