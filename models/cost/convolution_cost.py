"""What a causal convolution as long as the text multiplies and adds, in one channel, directly and by FFT.

Papers: Poli et al. 2023, "Hyena Hierarchy", section 2 (by FFT); Cooley & Tukey 1965, "An Algorithm for the Machine
Calculation of Complex Fourier Series" (a transform of length N takes about 5 N log₂ N operations).

Symbols
    n  tokens       N  transformed length, 2n
"""

import math


def direct_work(n: int) -> int:
    """n(n + 1): a product and a sum for every pair of a token and one before it, or itself."""
    return n * (n + 1)


def fft_work(n: int) -> int:
    """3 · 5 N log₂ N + 6 N: two transforms, their product in complex numbers, one transform back."""
    N = 2 * n
    return math.ceil(15 * N * math.log2(N)) + 6 * N
