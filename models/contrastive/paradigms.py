"""Four ways of learning without labels, on one encoder with a narrow code.

Papers: Hinton & Salakhutdinov 2006, "Reducing the Dimensionality of Data with Neural Networks" (autoencoder); Chen et
al. 2020 (SimCLR); Grill et al. 2020 (BYOL); LeCun 2022, "A Path Towards Autonomous Machine Intelligence"
(JEPA; its regulariser is left out: a moving average, a stopped gradient and a predictor guard it, as in I-JEPA).

Symbols
    A  networks side by side     B  images of a batch     N  pixels     C  numbers of the code
    x  images     y  their other views or hidden parts     t  the target's code of y     a  where the hidden part is
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from models.contrastive.nt_xent import nt_xent, pull_alone
from models.contrastive.self_distillation import byol, cosine_error, without_predictor_averaged, without_stop
from models.contrastive.view_encoder import Layer, Normalise
from models.seeding import generator

PIXELS, HIDDEN, CODE, HEAD = 64, 128, 16, 64
TEMPERATURE = 0.5
PAPER = -1.0
BLOCK, OFFSETS = 4, (0, 2, 4)
PLACES = len(OFFSETS) ** 2


class CodeTrace(NamedTuple):
    hidden: Tensor  # (A, B, H)


class TwoLayers(nn.Module):
    """W₂ relu(norm(W₁ x)): the encoder, and any head behind it."""

    def __init__(self, inputs: int, hidden: int, outputs: int, draws: Sequence[torch.Generator], norm: Normalise):
        super().__init__()
        self.first, self.second, self.norm = Layer(inputs, hidden, draws), Layer(hidden, outputs, draws), norm

    def forward(self, x: Tensor) -> tuple[Tensor, CodeTrace]:
        """(B, N) or (A, B, N) → (A, B, C), and the hidden units."""
        h = self.norm(self.first(x)).relu()  # (A, b, h)
        return self.second(h), CodeTrace(h)


class Networks(nn.Module):
    """An encoder with a decoder to pixels, and with a predictor that may be told a place."""

    def __init__(self, seeds: Sequence[int], norm: Normalise) -> None:
        super().__init__()
        draws = [generator(seed) for seed in seeds]
        self.encoder = TwoLayers(PIXELS, HIDDEN, CODE, draws, norm)
        self.decoder = TwoLayers(CODE, HIDDEN, PIXELS, draws, norm)
        self.predictor = TwoLayers(CODE + PLACES, HEAD, CODE, draws, norm)

    def forward(self, x: Tensor) -> tuple[Tensor, CodeTrace]:
        """Codes (A, B, C) of images (B, N)."""
        return self.encoder(x)  # type: ignore[no-any-return]

    def predict(self, z: Tensor, a: Tensor) -> Tensor:
        """q(z, a): codes (A, B, C), places (B, 9) → (A, B, C)"""
        return self.predictor(torch.cat([z, a.expand(len(z), -1, -1)], -1))[0]  # type: ignore[no-any-return]


def hidden_block(x: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
    """What is left of x without a block of 4×4 pixels, and the block alone, the rest paper.  (B, N), (B,)"""
    side = torch.arange(8)
    top, left = (torch.tensor(OFFSETS)[each, None] for each in (place // len(OFFSETS), place % len(OFFSETS)))
    rows, columns = ((side >= at) & (side < at + BLOCK) for at in (top, left))  # (B, 8)
    inside = (rows[:, :, None] & columns[:, None]).flatten(1)  # (B, N)
    return x.masked_fill(inside, PAPER), x.masked_fill(~inside, PAPER)


class Views(NamedTuple):
    one: Tensor  # (B, N)
    other: Tensor  # (B, N) another view of the same images
    place: Tensor  # (B,) of the hidden block


Objective = Callable[[Networks, Networks, Views], Tensor]
"""Networks, their target networks, views → loss of each network (A,)."""


def reconstruct(net: Networks, target: Networks, v: Views) -> Tensor:
    """mean ‖g(f(x)) − x‖²: autoencoder."""
    return (net.decoder(net(v.one)[0])[0] - v.one).square().mean((-1, -2))


def contrast(net: Networks, target: Networks, v: Views) -> Tensor:
    """NT-Xent: SimCLR, with no projector."""
    return nt_xent(net(torch.cat([v.one, v.other]))[0], TEMPERATURE)


def contrast_without_negatives(net: Networks, target: Networks, v: Views) -> Tensor:
    """−mean cos/τ of the two views of each image."""
    return pull_alone(net(torch.cat([v.one, v.other]))[0], TEMPERATURE)


def _bootstrapped(of: Callable[[Tensor, Tensor, Tensor], Tensor], net: Networks, target: Networks, v: Views) -> Tensor:
    x = torch.cat([v.one, v.other])  # (M, N)
    z = net(x)[0]  # (A, M, C)
    return of(z, net.predict(z, torch.zeros(len(x), PLACES)), target(x)[0])


def bootstrap(net: Networks, target: Networks, v: Views) -> Tensor:
    """‖q(f(x)) − sg f_ξ(y)‖² of unit vectors: BYOL."""
    return _bootstrapped(byol, net, target, v)


def bootstrap_without_predictor(net: Networks, target: Networks, v: Views) -> Tensor:
    """‖f(x) − sg f_ξ(y)‖²"""
    return _bootstrapped(without_predictor_averaged, net, target, v)


def bootstrap_without_stop(net: Networks, target: Networks, v: Views) -> Tensor:
    """‖q(f(x)) − f(y)‖²: the target is the network itself, and the gradient passes through it."""
    return _bootstrapped(without_stop, net, target, v)


def _parts(net: Networks, target: Networks, v: Views) -> tuple[Tensor, Tensor]:
    rest, block = hidden_block(v.one, v.place)
    a = one_hot(v.place, PLACES).float()  # (B, 9)
    return net.predict(net(rest)[0], a), target(block)[0]


def predict_hidden(net: Networks, target: Networks, v: Views) -> Tensor:
    """‖q(f(x), a) − sg f_ξ(y)‖² of unit vectors, y the hidden block at a: JEPA."""
    p, t = _parts(net, target, v)
    return cosine_error(p, t.detach())


def predict_hidden_own(net: Networks, target: Networks, v: Views) -> Tensor:
    """‖q(f(x), a) − sg f(y)‖²: no moving average."""
    p, t = _parts(net, net, v)
    return cosine_error(p, t.detach())


def predict_hidden_without_stop(net: Networks, target: Networks, v: Views) -> Tensor:
    """‖q(f(x), a) − f(y)‖²: the gradient passes through the target."""
    return cosine_error(*_parts(net, net, v))
