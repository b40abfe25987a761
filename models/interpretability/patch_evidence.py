"""Which patches a vision transformer's answer rests on: attention followed through the layers, then put to the test.

Papers: Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers", section 3 (rollout);
Chefer et al. 2021, "Transformer Interpretability Beyond Attention Visualization", section 4 (tokens left out in the
order of their scores, the accuracy measured again).

Symbols
    A  attention weights of a layer (B, H, T, T)     R  what reached each token before it (B, T, T)
    H  heads     T  tokens, the class token first    s  score of each patch (B, T − 1)     S  patches kept
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from models.transformer.vision_transformer import VisionTransformer


def head_rollout(weights: Tensor, reached: Tensor) -> Tensor:
    """½ (Aₕ + I) R: one layer's rollout where one of its heads acts alone.  (B, H, T, T)"""
    return 0.5 * (weights + torch.eye(weights.shape[-1], device=weights.device)) @ reached[:, None]  # (B, H, T, T)


def layer_rollout(weights: Tensor, reached: Tensor) -> Tensor:
    """½ (mean over heads of Aₕ + I) R: how much of each first token has reached each token now.  (B, T, T)"""
    return head_rollout(weights, reached).mean(dim=1)  # (B, T, T)


def rollouts(layers: Sequence[Tensor]) -> list[Tensor]:
    """The rollout before the first layer, the identity, and after each: all (B, T, T)."""
    B, _, T, _ = layers[0].shape
    reached = [torch.eye(T, device=layers[0].device).expand(B, T, T)]
    for weights in layers:
        reached.append(layer_rollout(weights, reached[-1]))
    return reached


def of_class_token(reached: Tensor) -> Tensor:
    """The class token's row without itself: a score for each patch.  (B, T, T) → (B, T − 1)"""
    return reached[:, 0, 1:]


def least(score: Tensor, kept: int) -> Tensor:
    """The places of the patches with the S smallest scores, in their order in the picture.  (B, S)"""
    return score.topk(kept, dim=-1, largest=False).indices.sort(dim=-1).values  # (B, S)


def logits_of(model: VisionTransformer, x: Tensor, kept: Tensor) -> Tensor:
    """Logits (B, Y) from some patches alone, each with its position: x (B, C, N, N), kept (B, S).

    Attention takes any number of tokens, so a patch is left out, not painted over.
    """
    embedded = model.embed(x)  # (B, T, D)
    patches = embedded[:, 1:].gather(1, kept[..., None].expand(-1, -1, embedded.shape[-1]))  # (B, S, D)
    state = torch.cat([embedded[:, :1], patches], dim=1)  # (B, S + 1, D)
    for block in model.blocks:
        state, _ = block(state)
    return model.to_logits(model.norm(state[:, 0]))
