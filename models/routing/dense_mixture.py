"""The mixture that leaves nobody out, and what a single expert learns from a single token.

Papers: Jacobs et al. 1991, "Adaptive Mixtures of Local Experts" (all experts, weighed by a softmax);
Shazeer et al. 2017, "Outrageously Large Neural Networks", section 2 (why not all of them).

Symbols
    x  tokens (B, T, D)      E  experts      g  gates over all experts (B, T, E)
    k  experts a token gets      F  hidden neurons of an expert
"""

from copy import deepcopy

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.routing.mixture_of_experts import Gate, SparseMoE
from models.routing.rerouted import fork, mixtures
from models.transformer.decoder import Decoder


def dense_mixture(layer: SparseMoE, x: Tensor) -> Tensor:
    """y = Σᵢ softmax(x · W_g)ᵢ · Expertᵢ(x), over all experts: what a sparse layer with k = E computes, too."""
    gates = layer.router(x).softmax(dim=-1)  # (B, T, E)
    outputs = torch.stack([expert(x)[0] for expert in layer.experts], dim=-1)  # (B, T, D, E)
    return (outputs * gates[..., None, :]).sum(dim=-1)


def flops_a_token(width: int, experts: int, k: int, hidden: int) -> int:
    """2 · (D · E + k · 3 · D · F): a multiplication and an addition for every weight that a token meets."""
    return 2 * (width * experts + k * 3 * width * hidden)


def expert_gradients(model: Decoder, ids: Tensor, layer: int, token: int, k: int, gate: Gate) -> Tensor:
    """‖∂ loss / ∂ weights‖ of every expert of a layer, as far as it comes through one token: (E,)

    The loss is that of all next tokens of ids (1, T); what reaches the layer's output at ``token`` is sent back alone.
    """
    with torch.enable_grad():
        own = deepcopy(mixtures(model)[layer]).requires_grad_()
        own.k, own.gate = k, gate
        outputs: list[Tensor] = []
        own.register_forward_hook(lambda _, given, made: outputs.append(made[0]))
        blocks = torch.nn.ModuleList(model.blocks)
        blocks[layer] = fork(model.blocks[layer], feed_forward=own)
        logits, trace = fork(model, blocks=blocks)(ids)
        loss = cross_entropy(logits[0, :-1], ids[0, 1:], reduction="sum")
        (arriving,) = torch.autograd.grad(loss, outputs[0], retain_graph=True)  # (1, T, D)
        x = trace.blocks[layer].feed_forward.x[:, token : token + 1].detach()  # (1, 1, D)
        own(x)[0].backward(arriving[:, token : token + 1])
        return torch.stack([_norm(expert) for expert in own.experts])


def _norm(expert: torch.nn.Module) -> Tensor:
    """Of all its gradients together; an expert that was not computed has none."""
    reached = [weight.grad.norm() for weight in expert.parameters() if weight.grad is not None]
    return torch.stack(reached).norm() if reached else torch.zeros(())
