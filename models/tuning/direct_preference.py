"""Direct preference optimisation: learn from pairs without a reward model.

Paper: Rafailov et al. 2023, "Direct Preference Optimization: Your Language Model is Secretly a Reward Model",
section 4, equations 5 (implicit reward) and 7 (loss).

Symbols
    π  the model        π_ref  the model before        β  how much a departure from it costs
    w, l  the chosen and the rejected reply            V  vocabulary
"""

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid


def reply_log_probability(logits: Tensor, ids: Tensor, reply: Tensor) -> Tensor:
    """log π(y|x) = Σₜ log π(yₜ | x, y₍<t₎) over the tokens of the reply, in nats.

    logits (B, T, V), ids (B, T), reply (B, T) True on the tokens to count → (B,)
    """
    log_p = logits[:, :-1].log_softmax(dim=-1).gather(-1, ids[:, 1:, None]).squeeze(-1)  # (B, T - 1)
    return torch.where(reply[:, 1:], log_p, 0.0).sum(dim=1)


def implicit_reward(log_p: Tensor, reference_log_p: Tensor, beta: float) -> Tensor:
    """r̂ = β log π(y|x) / π_ref(y|x), up to a term of the prompt alone.  Equation 5."""
    return beta * (log_p - reference_log_p)


def dpo_loss(chosen: Tensor, rejected: Tensor) -> Tensor:
    """−E log σ(r̂_w − r̂_l), from the implicit rewards (B,).  Equation 7."""
    return -logsigmoid(chosen - rejected).mean()
