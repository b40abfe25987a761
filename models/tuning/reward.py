"""A reward model: a decoder that reads a whole reply and says one number.

Papers: Ouyang et al. 2022, "Training Language Models to Follow Instructions with Human Feedback", section 3.5,
equation 1; Bradley & Terry 1952 (the probability that one of two is preferred).

Symbols
    ids  prompt and reply, padded (B, T)     D  width      r  reward (B,)      r_w, r_l  of the chosen and the rejected
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from models.transformer.decoder import Decoder, DecoderTrace


def preference_probability(better: Tensor, worse: Tensor) -> Tensor:
    """P(w ≻ l) = σ(r_w − r_l)."""
    return (better - worse).sigmoid()


def preference_loss(chosen: Tensor, rejected: Tensor) -> Tensor:
    """−E log σ(r_w − r_l): only differences count, so rewards have no zero of their own.  Equation 1."""
    return -logsigmoid(chosen - rejected).mean()


class RewardModel(nn.Module):
    """A decoder whose last vector, at the end token, is projected to one number."""

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder
        self.to_reward = nn.Linear(decoder.config.width, 1)

    def forward(self, ids: Tensor, last: Tensor) -> tuple[Tensor, DecoderTrace]:
        """Rewards (B,) of ``ids`` (B, T), each read at its place ``last`` (B,)."""
        _, trace = self.decoder(ids)
        final = trace.residual[-1][torch.arange(len(ids), device=ids.device), last]  # (B, D)
        return self.to_reward(self.decoder.norm(final)).squeeze(-1), trace
