"""Decision transformer: a causal model of returns-to-go, states and actions, which acts for the return it is asked for.

Paper: Chen et al. 2021, "Decision Transformer: Reinforcement Learning via Sequence Modeling", section 3, algorithm 1.

Symbols
    R̂  returns-to-go (B, T)      s  states (B, T)       a  actions (B, T)      g  rewards (B, T)
    T  steps, three tokens each: R̂₁ s₁ a₁ R̂₂ s₂ a₂ …     D  width      A  actions to choose from
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.attention.masks import causal_mask
from models.layers.rmsnorm import RMSNorm
from models.layers.swiglu import SwiGLU
from models.position.scheme import NoPosition
from models.transformer.decoder import DecoderBlock, DecoderConfig

KINDS = 3
"""Tokens per step: return-to-go, state, action."""


class DecisionTrace(NamedTuple):
    """What the blocks attended to."""

    weights: tuple[Tensor, ...]  # (B, H, 3T, 3T) of each block


def interleaved(returns: Tensor, states: Tensor, actions: Tensor) -> Tensor:
    """τ = (R̂₁, s₁, a₁, R̂₂, s₂, a₂, …): embeddings (B, T, D) of each kind as one sequence (B, 3T, D)."""
    return torch.stack([returns, states, actions], dim=2).flatten(1, 2)


def action_probabilities(z: Tensor) -> Tensor:
    """p(aₜ | R̂₁, s₁, a₁, …, R̂ₜ, sₜ) = softmax(zₜ), read at the token of the state.  (..., A)"""
    return z.softmax(dim=-1)


def still_asked(asked: Tensor, rewards: Tensor) -> Tensor:
    """R̂ₜ = R̂₁ − (g₁ + … + gₜ₋₁): what remains of the asked return (B,) before each step.  (B, t − 1) → (B, t)"""
    return asked[:, None] - torch.nn.functional.pad(rewards, (1, 0)).cumsum(dim=1)


class DecisionTransformer(nn.Module):
    """Three embeddings and one of the step are read by causal blocks; the state's token gives the action's logits."""

    def __init__(self, config: DecoderConfig, states: int, actions: int) -> None:
        super().__init__()
        self.of_return = nn.Linear(1, config.width)
        self.of_state = nn.Embedding(states, config.width)
        self.of_action = nn.Embedding(actions, config.width)
        self.of_step = nn.Embedding(config.context, config.width)
        self.norm_in = RMSNorm(config.width)
        self.blocks = nn.ModuleList(DecoderBlock(config, NoPosition(), SwiGLU, RMSNorm) for _ in range(config.layers))
        self.norm = RMSNorm(config.width)
        self.to_action = nn.Linear(config.width, actions)

    def forward(self, returns: Tensor, states: Tensor, actions: Tensor) -> tuple[Tensor, DecisionTrace]:
        """Logits (B, T, A) of the action at each step, from ``returns`` (B, T), ``states`` and ``actions``; the action
        of a step is not read for it.
        """
        T = states.shape[1]
        steps = self.of_step(torch.arange(T, device=states.device))  # (T, D)
        parts = self.of_return(returns[..., None]), self.of_state(states), self.of_action(actions)
        x = self.norm_in(interleaved(*(part + steps for part in parts)))  # (B, 3T, D)
        mask, weights = causal_mask(KINDS * T, device=x.device), []
        for block in self.blocks:
            x, trace = block(x, mask, None, None)
            weights.append(trace.attention.weights)
        at_states = self.norm(x)[:, 1::KINDS]  # (B, T, D)
        return self.to_action(at_states), DecisionTrace(tuple(weights))
