"""The true reverse step of a diffusion whose data are a known mixture, and how far it is from a Gaussian.

Papers: Sohl-Dickstein et al. 2015, "Deep Unsupervised Learning using Nonequilibrium Thermodynamics", section 2.2 (a
reverse step is Gaussian for small β); Ho et al. 2020, "Denoising Diffusion Probabilistic Models", section 3.2.

A step from s to t adds noise of variance β = 1 − ᾱ_t/ᾱ_s to a point that is itself from a noised mixture. So the step
back is the posterior of `mixtures.posterior_components`, with x_s in the place of x_0.

Symbols
    K  components        D  coordinates        G  places on a line
    a = ᾱ_t, b = ᾱ_s ≥ a  shares of the data's variance left at t and at the earlier s
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from models.generative.mixtures import Mixture, log_joint, noised, posterior_components


def exact_step(mixture: Mixture, x: Tensor, a: float, b: float) -> Mixture:
    """p(x_s | x_t), for one x (D,): a mixture with the weights r_k(x_t).  Exact for a step of any size."""
    weights, means, variances = posterior_components(noised(mixture, b), x, a / b)
    return Mixture(weights, means, variances)


def along(mixture: Mixture, axis: int = 0) -> Mixture:
    """The marginal of one coordinate: the same weights and variances.  → a mixture with D = 1"""
    return mixture._replace(means=mixture.means[:, axis, None])


def density_along(mixture: Mixture, places: Tensor) -> Tensor:
    """p(x) = Σ_k w_k N(x; m_k, v_k) on a line, of a mixture with D = 1.  (G,) → (G,)"""
    return log_joint(mixture, places[:, None]).exp().sum(-1)


def matched_gaussian(mixture: Mixture) -> Mixture:
    """The Gaussian with the mean and the variance of a mixture with D = 1."""
    mean = mixture.weights @ mixture.means  # (D,)
    variance = mixture.weights @ (mixture.variances + (mixture.means[:, 0] - mean) ** 2)  # ()
    return Mixture(torch.ones(1), mean[None], variance[None])


def total_variation(p: Tensor, q: Tensor, cell: float) -> Tensor:
    """½ ∫ |p − q| dx over a grid: from 0 for equal densities to 1 for separate ones.  (G,), (G,) → ()"""
    return (p - q).abs().sum() * cell / 2


def undecided_point(apart: float, share: float, variance: float, a: float) -> float:
    """Where on their line two modes at ± apart/2 are equally likely at ᾱ:  x = log(w_1/w_2) v_t / (√ᾱ · apart)."""
    return math.log(share / (1 - share)) * (a * variance + 1 - a) / (a**0.5 * apart)


def uneven(T: int, steps: int) -> list[int]:
    """Times T = τ_S > … > τ_0 = 0 whose strides shrink towards the data: τ_i = T (i/S)², each at least i.

    The quadratic choice of Song et al. 2021, "Denoising Diffusion Implicit Models", appendix D.
    """
    return [max(round(T * (i / steps) ** 2), i) for i in reversed(range(steps + 1))]


def fixed_stride(times: Sequence[int]) -> list[int]:
    """The known mistake: the time before t taken to be t − T/S, whatever the times are; never below 0."""
    stride = times[0] // (len(times) - 1)
    return [max(t - stride, 0) for t in times[:-1]]
