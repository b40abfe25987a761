"""Training small mixtures of experts side by side on planted classes, in seconds, to watch their load.

Every run adds α · E · Σᵢ fᵢ Pᵢ (Fedus et al. 2021, equation 4) to its task loss, the mean squared error, and moves a
bias by u (Wang et al. 2024); with α = u = 0 nothing balances it.

Symbols
    R  runs        E  experts      α, u  coefficient and speed of each run (R,)
    C  classes     f  load (R, E)  P  mean router probability (R, E)
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from models.data.planted_classes import Batch, PlantedClasses
from models.routing.balance import switch_loss
from models.routing.loss_free import adjusted, biased_choice
from models.routing.mixture_of_experts import RoutingTrace
from models.routing.side_by_side import SideBySideMoE, load_of, spread
from models.routing.specialisation import load_of_joint
from models.seeding import generator

Balance = Callable[[Tensor, Tensor], Tensor]
"""A loss of load and mean probability, (R, E) both, before its coefficient: (R,)"""


class Rule(NamedTuple):
    """How one run is balanced: by the loss with this coefficient, by the bias at this speed, or not at all.

    A speed below 0 moves the bias the wrong way.
    """

    coefficient: float = 0.0
    bias_speed: float = 0.0


class Snapshot(NamedTuple):
    """What the runs do with tokens that they were not trained on."""

    joint: Tensor  # (R, C, E) share of the tokens of each class sent to each expert, all summing to one
    probability: Tensor  # (R, E)
    importance: Tensor  # (R, E) mean gate
    task_loss: Tensor  # (R,)

    @property
    def load(self) -> Tensor:
        """(R, E)"""
        return load_of_joint(self.joint)


class LiveTraining:
    """Adam on R mixtures with one expert a token; ``step`` trains all of them on the same fresh tokens."""

    def __init__(
        self, planted: PlantedClasses, rules: Sequence[Rule], seed: int, *, experts: int = 8, hidden: int = 4,
        steps: int = 600, tokens: int = 256, learning_rate: float = 1e-2, balance: Balance = switch_loss,
        device: str = "cpu",
    ) -> None:  # fmt: skip
        self.balance = balance
        self.planted, self.device, self.tokens = planted, device, tokens
        self.coefficients = torch.tensor([rule.coefficient for rule in rules], device=device)
        self.speeds = torch.tensor([[rule.bias_speed] for rule in rules], device=device)
        self.bias = torch.zeros(len(rules), experts, device=device)
        self.draws = generator(seed)
        self.unseen = planted.draw(2048, generator(seed + 1)).to(device)
        width = planted.centres.shape[1]
        gate = biased_choice(self.bias)
        self.model = SideBySideMoE(len(rules), width, hidden, experts, k=1, gate=gate, seed=seed).to(device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), learning_rate, fused=True)
        self.decay = torch.optim.lr_scheduler.LinearLR(self.optimizer, 1.0, 0.05, steps)

    @property
    def parameters(self) -> int:
        """Weights of one run."""
        return sum(weight[0].numel() for weight in self.model.parameters())

    @property
    def target_variance(self) -> float:
        """The task loss of always answering the mean."""
        return self.unseen.y.var().item()

    def step(self) -> Tensor:
        """One step of every run; returns the load of the batch, (R, E)."""
        task, trace, load = self._forward(self.planted.draw(self.tokens, self.draws).to(self.device))
        balance = self.balance(load, trace.probabilities.mean(dim=-2))  # (R,)
        self.optimizer.zero_grad()
        (task + self.coefficients * balance).sum().backward()
        self.optimizer.step()
        self.decay.step()
        self.bias.copy_(adjusted(self.bias, load, self.speeds))
        return load

    @torch.no_grad()
    def evaluate(self) -> Snapshot:
        """Where tokens go now that were set aside from training."""
        task, trace, _ = self._forward(self.unseen)
        N, E = trace.logits.shape[-2:]
        member = torch.nn.functional.one_hot(self.unseen.classes).float()  # (N, C)
        sent = spread(torch.ones_like(trace.gates), trace.chosen, E)  # (R, N, E)
        gates = spread(trace.gates, trace.chosen, E)
        return Snapshot(
            torch.einsum("nc,rne->rce", member, sent) / N, trace.probabilities.mean(dim=-2), gates.mean(dim=-2), task
        )

    def balance_gradient(self) -> Tensor:
        """‖∇ balance‖ / (‖∇ balance‖ + ‖∇ task‖) at the router: what share of its gradient serves balance. (R,)"""
        task, trace, load = self._forward(self.unseen)
        balance = self.coefficients * self.balance(load, trace.probabilities.mean(dim=-2))  # (R,)
        router = self.model.router
        zero = 0 * router.sum()  # a loss of counts alone has no gradient at all
        towards_task, towards_balance = (
            torch.autograd.grad(loss.sum() + zero, router, retain_graph=True)[0].flatten(1).norm(dim=1)
            for loss in (task, balance)
        )
        return towards_balance / (towards_balance + towards_task).clamp_min(1e-12)  # (R,)

    def _forward(self, batch: Batch) -> tuple[Tensor, RoutingTrace, Tensor]:
        y, trace = self.model(batch.x)
        task = (y - batch.y).square().mean(dim=(-2, -1))  # (R,)
        return task, trace, load_of(trace.chosen, trace.logits.shape[-1])
