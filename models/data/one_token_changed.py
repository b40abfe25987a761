"""Texts and the same with one random token changed: what a model makes of both shows whom a change reaches."""

import torch
from torch import Tensor

from models.tokenization.tokenizer import SPECIALS, VOCABULARY


def with_one_changed(ids: Tensor, draws: torch.Generator, stop: int | None = None) -> tuple[Tensor, Tensor]:
    """The texts (B, T) with one token each, behind the first and before ``stop``, made any other; and its places (B,).

    Special tokens are neither changed, where they stand at the ends, nor put in.
    """
    words = VOCABULARY - len(SPECIALS)
    places = torch.randint(1, stop or ids.shape[1], (len(ids),), generator=draws)
    shift = torch.randint(1, words, (len(ids),), generator=draws)
    old = ids.gather(1, places[:, None])[:, 0] - len(SPECIALS)
    new = (old + shift) % words + len(SPECIALS)
    return ids.scatter(1, places[:, None], new[:, None]), places
