"""The likeliest text of a length, proven: every beginning that could still win is kept.

A text is never more probable than its beginning, and the probabilities of all beginnings of one length sum to 1. So at
most 1/p of them are as probable as a text of probability p that is already known, whatever the vocabulary.

Paper: Stahlberg & Byrne 2019, "On NMT Search Errors and Model Errors: Cat Got Your Tongue?" (exact search by pruning
with the score of a known text).

Symbols
    T  tokens of the prompt      a  beginnings kept, after n new tokens      V  vocabulary
"""

from typing import NamedTuple

import torch
from torch import Tensor

from models.language.generation import Hypothesis
from models.transformer.decoder import Decoder

CLOSE = 1e-4
"""Two sums of the same log-probabilities may differ by this, in another order."""


class Proven(NamedTuple):
    best: Hypothesis
    kept: tuple[int, ...]  # beginnings at every length, from 1 new token on


@torch.inference_mode()
def likeliest(
    model: Decoder, ids: Tensor, known: Hypothesis, banned: int | None = None, most: int = 600
) -> Proven | None:
    """arg max_x log p(x | ids (T,)) over all texts as long as ``known``, whose log-probability bounds the search.

    ``banned`` is a token that no text may hold. None if more than ``most`` beginnings would have to be kept.
    """
    rows, log_p, kept = ids[None], torch.zeros(1, device=ids.device), []
    for _ in known.tokens:
        next_log_p = model(rows)[0][:, -1].log_softmax(dim=-1)  # (a, V)
        if banned is not None:
            next_log_p[:, banned] = -torch.inf
        total = log_p[:, None] + next_log_p  # (a, V)
        parents, tokens = (total >= known.log_probability - CLOSE).nonzero(as_tuple=True)
        if len(parents) > most:
            return None
        rows, log_p = torch.cat([rows[parents], tokens[:, None]], dim=1), total[parents, tokens]
        kept.append(len(parents))
    best = int(log_p.argmax())
    return Proven(Hypothesis(tuple(rows[best, len(ids) :].tolist()), log_p[best].item()), tuple(kept))
