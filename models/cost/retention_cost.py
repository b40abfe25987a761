"""What the three forms of retention multiply for one head: a multiplication with its addition is one operation.

Paper: Sun et al. 2023, "Retentive Network", section 2.1 (the forms) and table 1 (their cost by length).

Symbols
    n  tokens       K  head width       Z  tokens of a chunk
"""


def parallel_work(n: int, K: int) -> int:
    """2n²K: every query with every key, every weight with its value."""
    return 2 * n * n * K


def recurrent_work(n: int, K: int) -> int:
    """2nK²: each token is written to a state of K × K numbers, and reads it."""
    return 2 * n * K * K


def chunkwise_work(n: int, K: int, Z: int) -> int:
    """2nZK + 2nK² for whole chunks: pairs inside a chunk, and the state between chunks."""
    return 2 * n * Z * K + 2 * n * K * K
