"""Experts that serve every token beside those that the router chooses, trained next to a layer that has none.

Paper: Dai et al. 2024, "DeepSeekMoE", section 3.2, equations 9 to 11 (shared expert isolation). Both layers here have E
experts of which a token meets k: the same weights in all, and the same active ones.

Symbols
    x  tokens (N, D)          E  experts                 F₀(x)  output of the shared expert (N, D)
    h  router logits (N, E)   k  experts a token gets    Fᵢ(x)  output of expert i (N, D)
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.data.planted_common import PlantedCommon
from models.layers.swiglu import swiglu
from models.routing.balance import switch_loss
from models.routing.mixture_of_experts import Gate, chosen_of_softmax
from models.routing.side_by_side import SideBySideMoE, load_of
from models.seeding import generator


def with_shared(gate: Gate) -> Gate:
    """y = F₀(x) + Σᵢ gᵢ Fᵢ(x): expert 0 for every token with a gate of 1, and k − 1 of the others by ``gate``."""

    def one_shared(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
        gates, chosen = gate(logits[..., 1:], k - 1)
        everyone = torch.ones_like(gates[..., :1]), torch.zeros_like(chosen[..., :1])
        return torch.cat([everyone[0], gates], dim=-1), torch.cat([everyone[1], chosen + 1], dim=-1)

    return one_shared


def each_its_own(*gates: Gate) -> Gate:
    """Logits (R, N, E) of R runs, each to its own gate."""

    def apart(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
        pairs = [gate(own, k) for gate, own in zip(gates, logits)]
        return torch.stack([gates for gates, _ in pairs]), torch.stack([chosen for _, chosen in pairs])

    return apart


def expert_outputs(model: SideBySideMoE, x: Tensor) -> Tensor:
    """Fᵢ(x) of every expert for every token, chosen or not: (N, D) → (R, E, N, D)."""
    gate = torch.einsum("nd,rdef->renf", x, model.to_gate)
    value = torch.einsum("nd,rdef->renf", x, model.to_value)
    return torch.einsum("renf,refd->rend", swiglu(gate, value), model.to_out)


def similarities(outputs: Tensor) -> Tensor:
    """cos(Fᵢ, Fⱼ) of the outputs for the same tokens, each feature centred, (E, N, D) → (E, E)."""
    flat = (outputs - outputs.mean(dim=1, keepdim=True)).flatten(1)
    unit = flat / flat.norm(dim=-1, keepdim=True).clamp_min(1e-9)
    return unit @ unit.T


def explained(target: Tensor, found: Tensor) -> Tensor:
    """R² of the best multiple of ``found`` for ``target``, both centred and of one shape: () from 0 to 1."""
    a, b = target - target.mean(dim=0), found - found.mean(dim=0)
    return (a * b).sum().square() / (a.square().sum() * b.square().sum()).clamp_min(1e-12)


class SharedSnapshot(NamedTuple):
    """Both layers on tokens that training did not see: R = 2, without and with a shared expert."""

    similarity: Tensor  # (R, E, E)
    common: Tensor  # (R, E) share of the planted common part that the output of each expert explains
    joint: Tensor  # (R, C, E) share of the routed choices of each class that goes to each expert
    loss: Tensor  # (R,) mean squared error over the variance of the targets


class SharedTraining:
    """Adam on both layers with the same tokens and first weights, and a balancing loss on what is chosen."""

    def __init__(
        self, planted: PlantedCommon, shared: bool, seed: int, *, experts: int = 6, hidden: int = 12,
        coefficient: float = 0.01, steps: int = 400, tokens: int = 128, learning_rate: float = 1e-2,
        device: str = "cpu",
    ) -> None:  # fmt: skip
        self.planted, self.coefficient, self.tokens, self.device = planted, coefficient, tokens, device
        self.draws = generator(seed)
        self.unseen = planted.tokens.draw(1024, generator(seed + 1)).to(device)
        second = with_shared(chosen_of_softmax) if shared else chosen_of_softmax
        self.routed = (slice(None), slice(1 if shared else 0, None))
        gate = each_its_own(chosen_of_softmax, second)
        width = planted.common_map.shape[0]
        self.model = SideBySideMoE(2, width, hidden, experts, k=2, gate=gate, seed=seed).to(device)
        self.optimizer = torch.optim.Adam(self.model.parameters(), learning_rate, fused=True)
        self.decay = torch.optim.lr_scheduler.LinearLR(self.optimizer, 1.0, 0.05, steps)

    @property
    def parameters(self) -> int:
        """Weights of one layer."""
        return sum(weight[0].numel() for weight in self.model.parameters())

    def step(self) -> Tensor:
        """One step of both; returns their mean squared errors, (R,)."""
        batch = self.planted.tokens.draw(self.tokens, self.draws).to(self.device)
        y, trace = self.model(batch.x)
        task = (y - batch.y).square().mean(dim=(-2, -1))  # (R,)
        load = load_of(trace.chosen, trace.logits.shape[-1])  # (R, E)
        balance = [
            switch_loss(share[own] / share[own].sum(), logits[:, own].softmax(dim=-1).mean(dim=0))
            for share, logits, own in zip(load, trace.logits, self.routed)
        ]
        self.optimizer.zero_grad()
        (task + self.coefficient * torch.stack(balance)).sum().backward()
        self.optimizer.step()
        self.decay.step()
        return task.detach()

    @torch.no_grad()
    def evaluate(self) -> SharedSnapshot:
        x, y, classes = self.unseen
        made, trace = self.model(x)
        R, N, E = trace.logits.shape
        outputs = expert_outputs(self.model, x)  # (R, E, N, D)
        common = self.planted.common_part(x)
        member = torch.nn.functional.one_hot(classes).float()  # (N, C)
        sent = torch.zeros(R, N, E, device=x.device).scatter(-1, trace.chosen, 1.0)  # (R, N, E)
        return SharedSnapshot(
            torch.stack([similarities(own) for own in outputs]),
            torch.stack([torch.stack([explained(common, expert) for expert in own]) for own in outputs]),
            torch.einsum("nc,rne->rce", member, sent) / N,
            (made - y).square().mean(dim=(-2, -1)) / y.var(),
        )
