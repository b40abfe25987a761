"""An encoder's states handed on in another order: cross-attention has no positions of its own.

Paper: Vaswani et al. 2017, "Attention Is All You Need", sections 3.2.3 and 3.5 (positions are added to the embeddings,
at the bottom of both stacks, and nowhere else).

Symbols
    B  batch        H  heads        S  source tokens        K  head width
"""

from torch import Tensor

from models.attention.cross import Memory
from models.transformer.encoder_decoder import Encoded


def reordered(read: Encoded, order: Tensor, keys: bool = True) -> Encoded:
    """Keys and values of every layer in the ``order`` (S,); without ``keys``, values alone: each gets another's key."""
    moved = [Memory(m.k[:, :, order] if keys else m.k, m.v[:, :, order]) for m in read.memories]
    mask = None if read.mask is None else read.mask[..., order] if keys else read.mask
    return Encoded(read.states, tuple(moved), mask, read.blocks)
