"""Whose words are whose in a chat: what a model must learn to say, and what is only said to it.

Paper: Ouyang et al. 2022, "Training Language Models to Follow Instructions with Human Feedback", section 3.5 (SFT);
the loss on replies alone as in its code and in Zhou et al. 2023, "LIMA", section 3.

Symbols
    ids  tokens (B, T)        V  vocabulary
"""

import torch
from torch import Tensor

from models.tokenization.tokenizer import ASSISTANT, CALL, END, PAD, RESULT, SYSTEM, USER

ROLES = (END, PAD, SYSTEM, USER, ASSISTANT, CALL, RESULT)
SPOKEN = (ASSISTANT, CALL)
"""After these the model speaks; to say the next role's token is to end the turn."""
ENDS = (END, PAD, USER, RESULT)


def is_reply(ids: Tensor) -> Tensor:
    """True for every token that the model has to produce: all after an assistant or call token, up to the next role."""
    place = torch.arange(ids.shape[1], device=ids.device)
    starts = torch.isin(ids, ids.new_tensor(ROLES))  # (B, T)
    latest = torch.where(starts, place, -1).cummax(dim=1).values  # (B, T) where the running turn began
    before = latest.roll(1, dims=1).clamp(min=0)  # (B, T) the same for the token before
    spoken = torch.isin(ids.gather(1, before), ids.new_tensor(SPOKEN))  # (B, T)
    spoken[:, 0] = False
    return spoken


def with_one_end(logits: Tensor) -> Tensor:
    """Logits (..., V) in which whatever ends a turn is END: who speaks next is no part of what was said."""
    ends = logits.new_tensor(ENDS, dtype=torch.long)
    ended = logits[..., ends].logsumexp(dim=-1, keepdim=True)  # (..., 1)
    return logits.index_fill(-1, ends, -torch.inf).index_copy(-1, ends[:1], ended)
