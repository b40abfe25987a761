"""From where a layer's output hears: the gradient of every output by every input.

Paper: Vaswani et al. 2017, "Attention Is All You Need", section 4 (maximum path length between two positions).

Symbols
    x  tokens (T, D)     y  the layer's outputs (T, D)     r  a direction (D,)     T  tokens     D  width
"""

from collections.abc import Callable

import torch
from torch import Tensor


@torch.enable_grad()
def reach(layer: Callable[[Tensor], tuple[Tensor, object]], x: Tensor, direction: Tensor) -> Tensor:
    """‖∂(r · yₜ) / ∂xₛ‖ for every pair: row t is an output, column s an input. (T, T)

    ``layer`` gives outputs (B, T, D) of (B, T, D), its rows apart, and a trace; copy t of the text asks for output t.
    """
    copies = x.detach().expand(len(x), -1, -1).clone().requires_grad_()  # (T, T, D)
    outputs = layer(copies)[0].diagonal(dim1=0, dim2=1)  # (D, T)
    (gradient,) = torch.autograd.grad((direction @ outputs).sum(), copies)
    return gradient.norm(dim=-1)


def layers_to_join_ends(one_layer: Tensor) -> int:
    """How many such layers until the last token's output hears the first token; 0: never. ``one_layer`` (T, T)."""
    step = one_layer > 0
    heard = step
    for layers in range(1, len(step) + 1):
        if heard[-1, 0]:
            return layers
        heard = (heard.float() @ step.float()) > 0
    return 0
