"""How sure a router is, what shakes it, and which of its logits learn.

Papers: Shazeer et al. 2017, "Outrageously Large Neural Networks", section 2.1 (noise before the choice);
Fedus et al. 2021, "Switch Transformers", section 2.4 and table 11 (noise on the router's input); Jiang et al. 2024,
"Mixtral of Experts", section 2.1 (softmax over the chosen).

Symbols
    h  router logits (..., E)     W  router (E, D)     x  its input (..., D)     k  experts a token gets
"""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.language.evaluation import token_losses
from models.routing.mixture_of_experts import Gate
from models.routing.rerouted import rerouted, routings
from models.transformer.decoder import Decoder


def entropy(logits: Tensor) -> Tensor:
    """−Σᵢ pᵢ ln pᵢ in nats, p = softmax(h): 0 when sure, ln E when all experts are alike. (..., E) → (...)"""
    return torch.special.entr(logits.softmax(dim=-1)).sum(dim=-1)


def margin(logits: Tensor, k: int) -> Tensor:
    """The k-th largest logit minus the next: how far the choice is from another one. (..., E) → (...)"""
    ordered = logits.topk(k + 1, dim=-1).values
    return ordered[..., k - 1] - ordered[..., k]


def kept_probability(p: Tensor, k: int) -> Tensor:
    """The sum of the k largest of p = softmax(h): what the choice keeps. (..., E) → (...)"""
    return p.topk(k, dim=-1).values.sum(dim=-1)


def flip_rate(
    logits: Tensor, router: Tensor, x: Tensor, k: int, noise: float, draws: torch.Generator, repeats: int
) -> Tensor:
    """How often W (x + noise · rms(x) · ε) chooses other experts than W x: (N, E), (E, D), (N, D) → (N,)

    ε is standard normal in every feature; ``noise`` is its size as a share of the input's.
    """
    N, D = x.shape
    chosen = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, logits.topk(k, dim=-1).indices, True)  # (N, E)
    size = noise * x.square().mean(dim=-1, keepdim=True).sqrt()  # (N, 1)
    epsilon = torch.randn(repeats, N, D, generator=draws).to(x.device)  # (repeats, N, D)
    shaken = (logits + size * (epsilon @ router.T)).topk(k, dim=-1).indices  # (repeats, N, k)
    return (~chosen.expand(repeats, -1, -1).gather(-1, shaken).all(dim=-1)).float().mean(dim=0)


def noisy(noise: Tensor, gate: Gate, gates_only: bool) -> Gate:
    """``gate`` of logits with noise (..., E) added; with ``gates_only`` the experts are chosen without it."""

    def with_noise(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
        if not gates_only:
            return gate(logits + noise, k)
        chosen = logits.topk(k, dim=-1).indices
        elsewhere = torch.full_like(logits, -torch.inf).scatter(-1, chosen, 0.0)
        return gate(logits + noise + elsewhere, k)

    return with_noise


def loss_added_by_noise(
    model: Decoder, ids: Tensor, layer: int, k: int, gate: Gate, noise: float, gates_only: bool, draws: torch.Generator,
    repeats: int,
) -> Tensor:  # fmt: skip
    """Rise of the mean loss of ids (B, T) under noise on one router's input, as in ``flip_rate``: ()"""
    logits, trace = model(ids)
    routing = routings(trace)[layer]
    router = model.blocks[layer].feed_forward.router.weight
    size = noise * routing.x.square().mean(dim=-1, keepdim=True).sqrt()  # (B, T, 1)
    before, added = token_losses(logits, ids).mean(), []
    for _ in range(repeats):
        epsilon = torch.randn(routing.x.shape, generator=draws).to(ids.device)  # (B, T, D)
        shaken = rerouted(model, k, noisy(size * (epsilon @ router.T), gate, gates_only), only=layer)
        added.append(token_losses(shaken(ids)[0], ids).mean() - before)
    return torch.stack(added).mean()


def logit_gradients(model: Decoder, ids: Tensor, layer: int, k: int, gate: Gate) -> tuple[Tensor, Tensor]:
    """∂ loss / ∂ h of one layer, whose gate this is, and who was chosen there: (T, E) and (T, k).

    The loss is that of the next token, summed over ids (1, T); the gradient is autograd's.
    """

    def differentiable(logits: Tensor, k: int) -> tuple[Tensor, Tensor]:
        return gate(logits.requires_grad_(), k)

    with torch.enable_grad():
        predicted, trace = rerouted(model, k, differentiable, only=layer)(ids)
        loss = cross_entropy(predicted[0, :-1], ids[0, 1:], reduction="sum")
        routing = routings(trace)[layer]
        (gradient,) = torch.autograd.grad(loss, routing.logits)
        return gradient[0], routing.chosen[0]
