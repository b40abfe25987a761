"""What each expert is sent: how much it tells of a token's class, whether neighbours share it, who needs it.

Paper: Jiang et al. 2024, "Mixtral of Experts", section 5 (topics, and repetition along the text).

Symbols
    J  share of all tokens that are of class c and went to expert e (C, E)     e  first choice of each token (B, T)
"""

import torch
from torch import Tensor


def joint_shares(classes: Tensor, experts: Tensor, C: int, E: int) -> Tensor:
    """J from the class and the expert of every token, both of any one shape: (C, E), summing to one."""
    cells = torch.bincount((classes * E + experts).flatten(), minlength=C * E)  # (C·E,)
    return cells.view(C, E) / cells.sum()


def mutual_information(joint: Tensor) -> Tensor:
    """I(c; e) = Σ J ln (J / (J_c J_e)) in nats. (..., C, E) → (...)"""
    classes, experts = joint.sum(dim=-1, keepdim=True), joint.sum(dim=-2, keepdim=True)
    ratio = torch.where(joint > 0, joint / (classes * experts), 1.0)
    return torch.special.xlogy(joint, ratio).sum(dim=(-2, -1))


def class_information(joint: Tensor) -> Tensor:
    """I(c; e) / H(c): how much of a token's class its expert gives away, 0 to 1. (..., C, E) → (...)"""
    return mutual_information(joint) / torch.special.entr(joint.sum(dim=-1)).sum(dim=-1)


def expert_information(joint: Tensor) -> Tensor:
    """I(c; e) / H(e): how much of the choice of an expert the class explains, 0 to 1. (..., C, E) → (...)"""
    return mutual_information(joint) / torch.special.entr(joint.sum(dim=-2)).sum(dim=-1)


def load_of_joint(joint: Tensor) -> Tensor:
    """f = Σ_c J_c: the share of all tokens that each expert got. (..., C, E) → (..., E)"""
    return joint.sum(dim=-2)


def loss_rise(p: Tensor, p_without: Tensor) -> Tensor:
    """ln(p / p′): by how much the loss −ln p of the next token rises when its probability falls to p′."""
    return (p / p_without).log()


def repeat_rate(experts: Tensor) -> Tensor:
    """How often a token's expert is that of the token before it: (B, T) → ()"""
    return (experts[:, 1:] == experts[:, :-1]).float().mean()


def repeat_rate_by_chance(experts: Tensor, E: int) -> Tensor:
    """Σ fₑ²: the same, if the experts were dealt out in random order. (B, T) → ()"""
    return torch.bincount(experts.flatten(), minlength=E).div(experts.numel()).square().sum()
