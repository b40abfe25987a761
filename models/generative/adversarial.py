"""A generative adversarial network: one network draws points, another tells them from real ones.

Paper: Goodfellow et al. 2014, "Generative Adversarial Nets": algorithm 1 (one step of each), section 3 (the two
losses of the generator), section 4.1 (the best discriminator).

Symbols
    x  real points (B, N)        z  noise (B, Z)        G(z)  generated points (B, N)
    s  logit of the discriminator, D = σ(s)        p  density of the data        q  density of the generated points
    B  batch        N  coordinates        Z  numbers of noise        M  units per hidden layer
    …  several games at once, side by side, or none of these dimensions for a single game
"""

import copy
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from models.layers.multilayer_perceptron import MLP
from models.seeding import seeded


class PlayersTrace(NamedTuple):
    generated: Tensor  # (B, N)


def best_discriminator(log_p: Tensor, log_q: Tensor) -> Tensor:
    """D* = p / (p + q), written σ(log p − log q): what no discriminator does better than.  Proposition 1."""
    return (log_p - log_q).sigmoid()


def discriminator_loss(real: Tensor, generated: Tensor) -> Tensor:
    """L_D = −E log D(x) − E log(1 − D(G(z))), each mean over its own points; from logits.  Equation 1, negated.

    −log σ(s) = softplus(−s), and −log(1 − σ(s)) = softplus(s).  (…, B), (…, B) → (…)
    """
    return softplus(-real).mean(-1) + softplus(generated).mean(-1)


def pooled_loss(real: Tensor, generated: Tensor) -> Tensor:
    """The same two sums in a single mean over all points: the larger set then counts for more.  → (…)"""
    return (softplus(-real).sum(-1) + softplus(generated).sum(-1)) / (real.shape[-1] + generated.shape[-1])


def saturating_loss(generated: Tensor) -> Tensor:
    """L_G = E log(1 − D(G(z))): the generator's side of equation 1.  (…, B) → (…)"""
    return -softplus(generated).mean(-1)


def non_saturating_loss(generated: Tensor) -> Tensor:
    """L_G = −E log D(G(z)): the same direction, a larger gradient where D is sure.  Section 3."""
    return softplus(-generated).mean(-1)


GENERATOR_LOSSES = {"non-saturating": non_saturating_loss, "saturating": saturating_loss}


class Players(nn.Module):
    """s = D(G(z)): a generator Z → M → M → N and a discriminator N → M → M → 1, both with tanh."""

    def __init__(self, noise: int = 2, units: int = 32, coordinates: int = 2) -> None:
        super().__init__()
        self.generator = MLP([noise, units, units, coordinates], "tanh")
        self.discriminator = MLP([coordinates, units, units, 1], "tanh")

    def generate(self, z: Tensor) -> Tensor:
        """G(z).  (…, B, Z) → (…, B, N)"""
        return self.generator(z)[0]

    def judge(self, x: Tensor) -> Tensor:
        """s(x); D is its sigmoid.  (…, B, N) → (…, B)"""
        return self.discriminator(x)[0].squeeze(-1)

    def forward(self, z: Tensor) -> tuple[Tensor, PlayersTrace]:
        generated = self.generate(z)  # (B, N)
        return self.judge(generated), PlayersTrace(generated)


def players(seed: int, gain: float = 1.5) -> Players:
    """Two untrained players in float64, weights ``gain`` times Xavier's, so that the noise is spread at the start."""
    drawn = seeded(Players, seed)
    with torch.no_grad():
        for weight in (*drawn.generator.weights, *drawn.discriminator.weights):
            weight.mul_(gain)
    return drawn.double()


def side_by_side(games: Sequence[Players]) -> Players:
    """Games of equal size as one: every weight has one more dimension in front, and no game knows of the others."""
    joined = copy.deepcopy(games[0])
    for one, *others in zip(joined.parameters(), *(game.parameters() for game in games)):
        one.data = torch.stack([other.data for other in others])
    return joined


def adam(network: nn.Module, rate: float) -> torch.optim.Adam:
    """Adam with β₁ = 0.5, as Radford et al. 2016 (section 4) train both players."""
    return torch.optim.Adam(network.parameters(), rate, betas=(0.5, 0.999), fused=True)


def discriminator_step(both: Players, optimizer: torch.optim.Optimizer, x: Tensor, z: Tensor) -> Tensor:
    """One step of the discriminator; the generator is left alone.  Algorithm 1, inner loop.  Returns L_D before it."""
    with torch.no_grad():
        generated = both.generate(z)  # (B, N)
    optimizer.zero_grad()
    real, made = both.judge(torch.cat([x, generated], dim=-2)).split([x.shape[-2], z.shape[-2]], dim=-1)  # (…, B)
    loss = discriminator_loss(real, made)  # (…)
    loss.sum().backward()
    optimizer.step()
    return loss.detach()


def generator_step(both: Players, optimizer: torch.optim.Optimizer, z: Tensor, loss: str) -> Tensor:
    """One step of the generator through the discriminator, which is left alone.  Algorithm 1.  Returns L_G."""
    optimizer.zero_grad()
    value = GENERATOR_LOSSES[loss](both(z)[0])  # (…)
    value.sum().backward(inputs=list(both.generator.parameters()))
    optimizer.step()
    return value.detach()


def generator_gradient(both: Players, z: Tensor, loss: str) -> Tensor:
    """‖∂L_G/∂θ_G‖ over all weights and biases of the generator."""
    weights = list(both.generator.parameters())
    parts = torch.autograd.grad(GENERATOR_LOSSES[loss](both(z)[0]), weights)
    return torch.stack([part.norm() for part in parts]).norm()
