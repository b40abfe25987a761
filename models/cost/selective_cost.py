"""What a Mamba layer keeps and multiplies, beside an attention layer of equal width with a KV cache.

Paper: Gu & Dao 2023, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", section 3.3.1 (the state is
C · N numbers) and figure 3 (the block). A multiplication with its addition is one operation.

Symbols
    n  tokens so far      d  width      C = 2d  channels      N  state size of a channel
    W  tokens that the convolution sees                       R  rank of Δ
"""


def state_numbers(d: int, N: int, W: int) -> int:
    """C N + (W − 1) C: the state, and the tokens that the convolution still needs; the same for every n."""
    return 2 * d * N + (W - 1) * 2 * d


def cache_numbers(n: int, d: int) -> int:
    """2 n d: a key and a value for every token."""
    return 2 * n * d


def scanning(n: int, d: int, N: int) -> int:
    """4 n C N: Δ A, Δ x B, Ā h and C h, for every token, channel and number of the state."""
    return 4 * n * 2 * d * N


def projecting(n: int, d: int, N: int, R: int) -> int:
    """n (2 d C + C (R + 2 N) + R C + C d): the matrices of the block."""
    C = 2 * d
    return n * (2 * d * C + C * (R + 2 * N) + R * C + C * d)


def next_token(d: int, N: int, R: int) -> int:
    """Operations for one more token, however many came before."""
    return scanning(1, d, N) + projecting(1, d, N, R)


def next_token_of_attention(n: int, d: int) -> int:
    """2 n d + 4 d²: the new query with n keys, n weights with their values, and four matrices."""
    return 2 * n * d + 4 * d * d
