"""The masks of a masked language model: which tokens are asked for and what stands in their place.

Paper: Devlin et al. 2018, "BERT", section 3.1, task 1, and appendix A.1 (80 % masked, 10 % random, 10 % left).

Symbols
    ids  tokens (B, T)
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.tokenization.tokenizer import MASK, SPECIALS

NOT_ASKED = -100
ASKED, MASKED, RANDOM = 0.15, 0.8, 0.1


class MaskedTokens(NamedTuple):
    inputs: Tensor  # (B, T) what the model reads
    targets: Tensor  # (B, T) the token that stood there, NOT_ASKED where nothing is asked


def masked_tokens(ids: Tensor, vocabulary: int, draws: torch.Generator, share: float = ASKED) -> MaskedTokens:
    """Ask for a share of the words, special tokens never; of those asked for, 80 % show the mask, 10 % another word."""
    chance = torch.rand(ids.shape, generator=draws, device=ids.device)  # (B, T)
    fate = torch.rand(ids.shape, generator=draws, device=ids.device)  # (B, T)
    others = torch.randint(len(SPECIALS), vocabulary, ids.shape, generator=draws, device=ids.device)  # (B, T)
    asked = (chance < share) & (ids >= len(SPECIALS))  # (B, T)
    shown = torch.where(fate < MASKED, MASK, torch.where(fate < MASKED + RANDOM, others, ids))  # (B, T)
    return MaskedTokens(torch.where(asked, shown, ids), torch.where(asked, ids, NOT_ASKED))
