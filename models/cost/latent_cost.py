"""What latent attention keeps and computes, counted: one new token over S held ones, a layer.

Paper: DeepSeek-AI 2024, "DeepSeek-V2", section 2.1, table 1 and section 3.2.3 (a cache of 6 bits a value on average).

Symbols
    S  tokens held     H  heads     K  head width     R  latent width     P  rotary width
"""

from models.published.cache import bytes_held
from models.published.configs import CONFIGS

BITS, QUANTISED_BITS = 16, 6
V2, V2_HEADS = CONFIGS["DeepSeek-V2"], CONFIGS["DeepSeek-V2"].heads
BEFORE = CONFIGS["DeepSeek 67B"]


def expanding_multiplications(S: int, H: int, K: int, R: int, P: int) -> int:
    """2·S·HKR to expand keys and values, S·H(K + P) to compare, S·HK to mix."""
    return 2 * S * H * K * R + S * H * (K + P) + S * H * K


def absorbed_multiplications(S: int, H: int, K: int, R: int, P: int) -> int:
    """HKR to absorb, S·H(R + P) to compare, S·HR to mix, HKR to expand the result: no S·HKR."""
    return 2 * H * K * R + S * H * (R + P) + S * H * R


def smaller(bits: float = BITS, kv_heads: int | None = None) -> float:
    """1 − cache of DeepSeek-V2 at ``bits`` a value / cache at 16 bits of DeepSeek 67B.

    With ``kv_heads``, of V2's own shape with that many key/value heads in place of 67B.
    """
    other = bytes_held(BEFORE, 1) if kv_heads is None else bytes_held(V2, 1, kv_heads=kv_heads)
    return 1 - bytes_held(V2, 1, bits / 8) / other
