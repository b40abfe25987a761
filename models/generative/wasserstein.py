"""The critic of a Wasserstein GAN: a function of slope about 1 whose means on two sets differ by their distance.

Papers: Arjovsky et al. 2017, "Wasserstein Generative Adversarial Networks": section 3 (the critic, clipped weights);
Gulrajani et al. 2017, "Improved Training of Wasserstein GANs": section 4 (the gradient penalty).

Symbols
    x  real points (B, …)        y  generated points (B, …)        f  critic, one number per point (B,)
    t  where between a real and a generated point (B,)        λ  strength of the penalty
    W  Wasserstein-1 distance of the two densities        c  bound of each weight
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Critic = Callable[[Tensor], Tensor]


def distance_estimate(real: Tensor, generated: Tensor) -> Tensor:
    """E f(x) − E f(y): at most W for a critic of slope at most 1.  Arjovsky et al., equation 2."""
    return real.mean() - generated.mean()


def between(x: Tensor, y: Tensor, t: Tensor) -> Tensor:
    """x̂ = t x + (1 − t) y: a point on the line from a generated to a real point.  Gulrajani et al., algorithm 1."""
    t = t.view(-1, *[1] * (x.ndim - 1))
    return t * x + (1 - t) * y


def slopes(critic: Critic, x: Tensor) -> Tensor:
    """∇f at every point, ready to be differentiated once more.  (B, …) → (B, …)"""
    x = x.detach().requires_grad_()
    return torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0]


def slope_norm(slope: Tensor) -> Tensor:
    """‖∇f(x̂)‖ over all numbers of a point.  (B, …) → (B,)"""
    return slope.flatten(1).norm(dim=1)


def slope_norm_per_pixel(slope: Tensor) -> Tensor:
    """A known mistake: the norm over the channels alone, one per pixel.  (B, C, H, W) → (B, H, W)"""
    return slope.norm(dim=1)


def gradient_penalty(norm: Tensor, strength: float) -> Tensor:
    """λ E (‖∇f(x̂)‖ − 1)².  Gulrajani et al., equation 3."""
    return strength * (norm - 1).square().mean()


def one_sided_penalty(norm: Tensor, strength: float) -> Tensor:
    """λ E max(0, ‖∇f(x̂)‖ − 1)²: slopes below 1 cost nothing.  Gulrajani et al., section 4."""
    return strength * (norm - 1).clamp_min(0).square().mean()


def estimate_under_penalty(W: Tensor, strength: float) -> Tensor:
    """W (1 + W/(2λ)): what the best critic estimates for two narrow groups.

    Along the line between them the slope s gains s W and costs λ (s − 1)²: the sum is largest at s = 1 + W/(2λ).
    """
    return W * (1 + W / (2 * strength))


@torch.no_grad()
def clip_weights(critic: nn.Module, bound: float) -> None:
    """w ← clip(w, −c, c), after every step.  Arjovsky et al., algorithm 1."""
    for weight in critic.parameters():
        weight.clamp_(-bound, bound)
