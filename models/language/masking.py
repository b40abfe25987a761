"""The masks of a masked language model: which tokens are asked for and what stands in their place.

Paper: Devlin et al. 2018, "BERT", section 3.1, task 1, and appendix A.1 (80 % masked, 10 % random, 10 % left).

Symbols
    ids  tokens (B, T)        V  vocabulary        M  positions that are asked for
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.tokenization.tokenizer import MASK, SPECIALS

NOT_ASKED = -100
ASKED = 0.15


class Fates(NamedTuple):
    """What becomes of a token that is asked for; the rest stay as they are."""

    masked: float = 0.8
    random: float = 0.1


PUBLISHED_FATES = Fates()


class MaskedTokens(NamedTuple):
    inputs: Tensor  # (B, T) what the model reads
    targets: Tensor  # (B, T) the token that stood there, NOT_ASKED where nothing is asked


def masked_tokens(
    ids: Tensor,
    vocabulary: int,
    draws: torch.Generator,
    share: float = ASKED,
    fates: Fates = PUBLISHED_FATES,
    mask: int = MASK,
    specials: int = len(SPECIALS),
) -> MaskedTokens:
    """Ask for a share of the words, special tokens never; of those asked for, 80 % show the mask, 10 % another word.

    The first ``specials`` ids of the vocabulary are special tokens, ``mask`` among them.
    """
    chance = torch.rand(ids.shape, generator=draws, device=ids.device)  # (B, T)
    fate = torch.rand(ids.shape, generator=draws, device=ids.device)  # (B, T)
    others = torch.randint(specials, vocabulary, ids.shape, generator=draws, device=ids.device)  # (B, T)
    asked = (chance < share) & (ids >= specials)  # (B, T)
    shown = torch.where(fate < fates.masked, mask, torch.where(fate < sum(fates), others, ids))  # (B, T)
    return MaskedTokens(torch.where(asked, shown, ids), torch.where(asked, ids, NOT_ASKED))


def word_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """L = −1/|M| Σ_{t ∈ M} log P(u_t | inputs), over the positions that are asked for alone.  ()"""
    return cross_entropy(logits.flatten(0, -2), targets.flatten(), ignore_index=NOT_ASKED)
