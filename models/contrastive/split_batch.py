"""The loss of CLIP where each worker holds a part of the batch and gathers the embeddings of the others.

Paper: Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", section 2.5 (each
worker computes only the similarities that its own part needs).

Symbols
    W  workers     B  pairs of the whole batch     b = B / W  pairs of a worker     D  dimensions
    I, T  embeddings of all workers (B, D)     I_w, T_w  a worker's own (b, D)     t  logarithm of 1/temperature
"""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.contrastive.clip import similarities


def worker_loss(I_w: Tensor, T_w: Tensor, I: Tensor, T: Tensor, t: Tensor, first: int) -> Tensor:  # noqa: E741
    """½ (mean_i −log softmax(s(I_w, T)_i·)_(first + i) + the same of s(T_w, I)).  → ()

    The worker's own pairs are ``first`` … first + b − 1 of the batch. The mean over workers is the symmetric loss.
    """
    partner = first + torch.arange(len(I_w), device=I_w.device)  # (b,)
    pictures, captions = similarities(I_w, T, t), similarities(T_w, I, t)  # (b, B)
    return (cross_entropy(pictures, partner) + cross_entropy(captions, partner)) / 2


def split_loss(I: Tensor, T: Tensor, t: Tensor, workers: int) -> Tensor:  # noqa: E741
    """Mean of the workers' losses; the gathered embeddings carry gradient back to the worker they came from."""
    b = len(I) // workers
    parts = zip(I.split(b), T.split(b), strict=True)
    return torch.stack([worker_loss(*own, I, T, t, b * w) for w, own in enumerate(parts)]).mean()


def split_loss_constant_gathered(I: Tensor, T: Tensor, t: Tensor, workers: int) -> Tensor:  # noqa: E741
    """The same value; gathered embeddings are constants for the gradient, as after a plain all-gather."""
    b, I_all, T_all = len(I) // workers, I.detach(), T.detach()
    parts = zip(I.split(b), T.split(b), strict=True)
    return torch.stack([worker_loss(*own, I_all, T_all, t, b * w) for w, own in enumerate(parts)]).mean()
