"""The next token of every prefix predicted in one pass, or in a run per prefix: a causal model gives the same.

Papers: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.3 (the decoder's mask);
Radford et al. 2018, "Improving Language Understanding by Generative Pre-Training", section 3.1, equation 1 (the loss).

Symbols
    ids  tokens (T,)     x  their embeddings (T, D)     p  predictions (T, V)
    T  tokens            D  width                       V  vocabulary
"""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.transformer.decoder import Decoder


def predictions(model: Decoder, x: Tensor, mask: Tensor) -> Tensor:
    """Logits for the token after each of x (B, T, D), all in one pass: (B, T, V)."""
    for block in model.blocks:
        x, _ = block(x, mask, None, None)
    return model.unembed(x)


def prefix_by_prefix(model: Decoder, x: Tensor, mask: Tensor) -> list[Tensor]:
    """The same of x (T, D) in T runs: run t reads only the first t tokens, its logits are (t, V)."""
    return [predictions(model, x[None, :t], mask[:t, :t])[0] for t in range(1, len(x) + 1)]


def losses(logits: Tensor, ids: Tensor) -> Tensor:
    """−ln p(idₜ₊₁ | id₀ … idₜ) of logits (T, V), the last of which has no next token: (T − 1,)."""
    return cross_entropy(logits[:-1], ids[1:], reduction="none")


def gradient_norms(model: Decoder, x: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
    """‖∂ lossₜ / ∂ xₛ‖ of one pass: how strongly loss t depends on the vector of token s. (T − 1, T)

    Copy t of the text is for the loss at t alone.
    """
    copies = x.detach().expand(len(x) - 1, -1, -1).clone().requires_grad_()  # (T − 1, T, D)
    logits = predictions(model, copies, mask).diagonal(dim1=0, dim2=1)  # (V, T − 1)
    total = cross_entropy(logits.T, ids[1:], reduction="sum")
    (gradient,) = torch.autograd.grad(total, copies)
    return gradient.norm(dim=-1)
