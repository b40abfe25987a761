"""A linear state space model of one channel, run in four ways that give the same output.

Papers: Gu et al. 2022, "Efficiently Modeling Long Sequences with Structured State Spaces" (the recurrence and the
convolution are one map); Gu et al. 2022, "On the Parameterization and Initialization of Diagonal State Space Models"
(A diagonal, complex modes in pairs, of which one is kept and the real part doubled).

Symbols
    u  input (B, T)      x  state (B, T, N), complex      y  output (B, T)      K  kernel (T,)
    N  modes             Ā, B̄  of one step (N,)            C  what is read from the state (N,)
"""

import torch
from torch import Tensor


def kernel(kept: Tensor, taken: Tensor, c: Tensor, length: int) -> Tensor:
    """K_l = 2 Re Σₙ Cₙ Āₙˡ B̄ₙ: the output l steps after a single 1 at the input.  (T,)"""
    return 2 * mode_kernels(kept, taken, c, length).sum(dim=-2)


def mode_kernels(kept: Tensor, taken: Tensor, c: Tensor, length: int) -> Tensor:
    """Re(Cₙ Āₙˡ B̄ₙ): what each mode adds to half of the kernel.  (N, T)"""
    powers = kept[..., None] ** torch.arange(length, device=kept.device)  # (N, T)
    return ((c * taken)[..., None] * powers).real


def states(u: Tensor, kept: Tensor, taken: Tensor) -> Tensor:
    """x_k = Ā x_{k−1} + B̄ u_k, one step after another, from x = 0.  (B, T, N)"""
    x, found = torch.zeros_like(u[:, :1] * taken), []
    for sample in u.unbind(dim=1):
        x = kept * x + taken * sample[:, None]
        found.append(x)
    return torch.stack(found, dim=1)


def recurrent(u: Tensor, kept: Tensor, taken: Tensor, c: Tensor) -> Tensor:
    """y_k = 2 Re(C x_k): N numbers are kept, however many samples came before.  (B, T)"""
    return 2 * (states(u, kept, taken) @ c).real


def convolved(u: Tensor, K: Tensor) -> Tensor:
    """y_k = Σ_l K_l u_{k−l}, summed pair by pair: T²/2 products.  (B, T)"""
    T = u.shape[-1]
    lag = torch.arange(T)[:, None] - torch.arange(T)  # (T, T)
    return u @ torch.where(lag >= 0, K[lag.clamp(min=0)], 0.0).T


def by_fft(u: Tensor, K: Tensor) -> Tensor:
    """iFFT(FFT(u) · FFT(K)) with T zeros behind both, cut to T: of the order of T log T products.  (B, T)"""
    T = u.shape[-1]
    return torch.fft.irfft(torch.fft.rfft(u, 2 * T) * torch.fft.rfft(K, 2 * T), 2 * T)[..., :T]


def by_fft_without_zeros(u: Tensor, K: Tensor) -> Tensor:
    """iFFT(FFT(u) · FFT(K)) with no zeros: a circle, in which the last samples also come before the first.  (B, T)"""
    T = u.shape[-1]
    return torch.fft.irfft(torch.fft.rfft(u) * torch.fft.rfft(K), T)
