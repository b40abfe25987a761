"""Where a text is cut into tokens: the same characters as other tokens, and a prompt whose last token is taken back.

Sources: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2 (bytes and spaces);
Lundberg & Ribeiro 2023, "The Art of Prompt Design: Prompt Boundaries and Token Healing".

Symbols
    T  tokens of the prompt        V  vocabulary        bᵢ  bytes of token i
    z  logits of the next token (..., V)
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from models.tokenization.tokenizer import SPECIALS, token_bytes


def joined(ids: Sequence[int]) -> bytes:
    """The bytes of a text: b₁ b₂ … b_T, one after the other."""
    table = token_bytes()
    return b"".join(table[i] for i in ids)


def spelt(text: str) -> list[int]:
    """One token per byte: the same characters as any other cut of ``text``, in the smallest pieces."""
    table = token_bytes()
    single = {raw: i for i, raw in enumerate(table) if len(raw) == 1 and i >= len(SPECIALS)}
    return [single[bytes([byte])] for byte in text.encode()]


def begins_with(prefix: bytes) -> Tensor:
    """True for every token whose bytes begin with ``prefix``, special tokens never: (V,)."""
    begins = torch.tensor([raw.startswith(prefix) for raw in token_bytes()])  # (V,)
    begins[: len(SPECIALS)] = False
    return begins


def healed(z: Tensor, allowed: Tensor) -> Tensor:
    """zᵢ if bᵢ begins with the bytes that were taken back, else −∞: (..., V), with ``allowed`` (V,)."""
    return z.masked_fill(~allowed.to(z.device), -math.inf)
