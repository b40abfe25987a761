"""Training three networks on the same pairs of functions: modules with a given route, with a learned one, one block.

Symbols
    F  functions     S  symbols     M  modules     acc  share of the symbols that come out right, for every pair (F, F)
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from models.data.two_step_functions import TwoStepFunctions, TwoSteps
from models.parameter_count import parameter_count
from models.routing.modular import GivenRoute, LearnedRoute, ModularNetwork, Modules, Monolith, route_shares
from models.seeding import generator

NETWORKS = ("given", "learned", "one network")


class ModularSnapshot(NamedTuple):
    """How the three stand, in the order of ``NETWORKS``."""

    accuracy: Tensor  # (3, F, F) first by second function
    route_logits: Tensor  # (F, M) learned

    @property
    def route(self) -> Tensor:
        """(F, M) learned shares."""
        return route_shares(self.route_logits)


def module_of(functions: int, modules: int) -> Tensor:
    """The given route: function i is module i mod M. With fewer modules than functions some must share. (F,)"""
    return torch.arange(functions) % modules


class ModularTraining:
    """Adam on all three, every seen pair and symbol in each step; sizes chosen so that all have about equal weights."""

    def __init__(
        self, task: TwoStepFunctions, modules: int, seed: int, *, hidden: int = 24, learning_rate: float = 1e-2,
        device: str = "cpu",
    ) -> None:  # fmt: skip
        F, S = task.functions.shape
        self.task, self.device = task, device
        self.examples = task.examples(task.seen).to(device)
        given, learned = (Modules(modules, S, hidden, seed) for _ in range(2))
        self.route = LearnedRoute(F, modules, seed)
        weights = parameter_count(given)
        self.networks = nn.ModuleList(
            [
                ModularNetwork(given, GivenRoute(modules)),
                ModularNetwork(learned, self.route),
                Monolith(F, S, equal_width(weights, 2 * S + 2 * F), seed),
            ]
        ).to(device)
        self.named = module_of(F, modules).to(device)
        self.optimizer = torch.optim.Adam(self.networks.parameters(), learning_rate, fused=True)

    @property
    def parameters(self) -> list[int]:
        return list(map(parameter_count, self.networks))

    def answers(self, batch: TwoSteps) -> list[Tensor]:
        """Logits (N, S) of each network; the given route reads which module, the others which function."""
        given, *others = self.networks
        made = [given(batch.symbol, self.named[batch.first], self.named[batch.second])[0]]
        return made + [network(batch.symbol, batch.first, batch.second)[0] for network in others]

    def step(self) -> None:
        losses = [cross_entropy(logits, self.examples.answer) for logits in self.answers(self.examples)]
        self.optimizer.zero_grad()
        torch.stack(losses).sum().backward()
        self.optimizer.step()

    @torch.no_grad()
    def evaluate(self, shuffled: int | None = None) -> ModularSnapshot:
        """On every pair, seen or not; with a seed in ``shuffled`` the codes that are read belong to other examples."""
        F, S = self.task.functions.shape
        every = self.task.examples(torch.cartesian_prod(torch.arange(F), torch.arange(F)))
        read = every
        if shuffled is not None:
            deal = torch.randperm(len(every.symbol), generator=generator(shuffled))
            read = every._replace(first=every.first[deal], second=every.second[deal])
        right = torch.stack(
            [logits.argmax(dim=-1).cpu() == every.answer for logits in self.answers(read.to(self.device))]
        )
        return ModularSnapshot(right.float().view(3, F, F, S).mean(dim=-1), self.route.logits.clone())


def equal_width(weights: int, ends: int) -> int:
    """H with H² + ends · H ≈ weights: two layers of H between the codes and the symbols."""
    return round((-ends + (ends**2 + 4 * weights) ** 0.5) / 2)


def route_information(route: Tensor) -> Tensor:
    """I(function; module) / ln F, functions equally often: 1 if each has a module to itself. (F, M) → ()"""
    entropies = torch.special.entr(route).sum(dim=-1)
    whole = torch.special.entr(route.mean(dim=0)).sum()
    return (whole - entropies.mean()) / torch.tensor(float(len(route))).log()
