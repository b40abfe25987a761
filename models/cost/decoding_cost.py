"""What a decoder computes for its next token, counted.

Papers: Kaplan et al. 2020, "Scaling Laws for Neural Language Models", section 2.1 and table 1 (a forward pass);
Pope et al. 2022, "Efficiently Scaling Transformer Inference", section 2 (with a cache).

Symbols
    T  tokens computed     S  tokens attended to, those in the cache included     L  layers     D  width
    H, G  query and key/value heads     K  head width     F  hidden width     V  vocabulary
"""

from models.transformer.decoder import DecoderConfig


def forward_flops(config: DecoderConfig, new: int, seen: int) -> int:
    """2T (L (2DHK + 2DGK + 3DF) + DV) + 4LTSHK: a multiplication and an addition count as two.

    The first part multiplies T tokens with every weight, the second compares and mixes T queries with S keys and
    values. Norms, rotations and softmax are left out: they grow alike and are small.
    """
    c = config
    attention = 2 * c.width * c.heads * c.head_width + 2 * c.width * c.kv_heads * c.head_width
    weights = c.layers * (attention + 3 * c.width * c.hidden) + c.width * c.vocabulary
    return 2 * new * weights + 4 * c.layers * new * seen * c.heads * c.head_width


def positions_without_cache(prompt: int, written: int) -> int:
    """Σ over the steps of the whole text so far: n P + n (n − 1) / 2 for n tokens after a prompt of P."""
    return sum(prompt + step for step in range(written))


def positions_with_cache(prompt: int, written: int) -> int:
    """The prompt once, then each written token but the last, which nobody reads: P + n − 1."""
    return prompt + written - 1
