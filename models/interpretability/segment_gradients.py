"""How far back a gradient reaches in a text that is read segment by segment.

Paper: Dai et al. 2019, "Transformer-XL", section 3.2: the cached states enter the next segment without gradient.

Symbols
    B  texts        T  tokens, a whole number of segments        D  width        V  symbols
"""

import copy

import torch
from torch import Tensor

from models.transformer.segments import SEGMENT
from models.transformer.transformer_xl import TransformerXL, cached


@torch.enable_grad()
def gradient_by_distance(model: TransformerXL, ids: Tensor, length: int) -> Tensor:
    """‖∂ logsumexp(z) / ∂x‖ of the last token's logits z by the embedding x of the token d back: (T,), d from 0 on.

    The whole text is read, with ``length`` cached tokens, and a gradient is asked for every token of it.
    """
    own = copy.deepcopy(model).requires_grad_()
    cache, read = own.empty(len(ids)), []
    for piece in ids.split(SEGMENT, dim=1):
        z, trace = own(piece, cache)
        cache = cached(cache, trace.states, length)
        read.append(trace.states[0])
    found = torch.autograd.grad(z[:, -1].logsumexp(dim=-1).sum(), read, allow_unused=True, materialize_grads=True)
    return torch.cat(found, dim=1).norm(dim=-1)[0].flip(0)  # (T,)
