"""Couplings and flows against normflows and zuko, with re-drawn weights at odd sizes."""

import normflows
import pytest
import torch
import zuko

from models.generative import coupling, normalizing_flow
from models.generative.mixtures import Mixture
from models.seeding import normal

pytestmark = pytest.mark.parity

P, D, H = 11, 7, 13


def drawn(c: float = 1e6) -> coupling.AffineCoupling:
    return coupling.drawn_coupling(coupling.AffineCoupling, D, H, 1, c=c, gain=0.7).double()


def test_a_coupling_against_normflows() -> None:
    ours, x = drawn(), normal(P, D, seed=2).double()
    mask = (torch.arange(D) < D // 2).double()

    def part(number: int) -> torch.nn.Module:
        class Net(torch.nn.Module):
            def forward(self, masked: torch.Tensor) -> torch.Tensor:
                found = ours.scale_and_shift(masked[:, : D // 2])[number]
                return torch.cat([torch.zeros_like(masked[:, : D // 2]), found], -1)

        return Net()

    theirs = normflows.flows.MaskedAffineFlow(mask, part(1), part(0))
    y, log_det = theirs(x)
    torch.testing.assert_close(ours(x)[0], y)
    torch.testing.assert_close(ours(x)[1].log_det, log_det)
    back, _ = theirs.inverse(y)
    torch.testing.assert_close(ours.inverse(y), back)
    swapped = normflows.flows.MaskedAffineFlow(mask, part(0), part(1))(x)[0]  # s where t belongs
    assert (ours(x)[0] - swapped).abs().max() > 0.01


def test_a_coupling_against_zuko() -> None:
    ours, x = drawn(c=0.8), normal(P, D, seed=3).double()

    def meta(a: torch.Tensor) -> torch.distributions.Transform:
        s, t = ours.scale_and_shift(a)
        return torch.distributions.AffineTransform(t, s.exp(), event_dim=1)

    theirs = zuko.transforms.CouplingTransform(meta, torch.arange(D) < D // 2)
    y, log_det = theirs.call_and_ladj(x)
    torch.testing.assert_close(ours(x)[0], y)
    torch.testing.assert_close(ours(x)[1].log_det, log_det)
    torch.testing.assert_close(ours.inverse(y), theirs.inv(y))
    assert (ours(x)[1].log_det + log_det).abs().max() > 0.01  # the other sign


def test_a_flow_against_normflows() -> None:
    base = Mixture(torch.ones(1).double(), torch.zeros(1, 2).double(), torch.ones(1).double())
    ours = normalizing_flow.drawn_flow([True, False, True], H, base, 0, c=1e6).double()
    for weight in ours.parameters():
        weight.data += 0.3 * normal(*weight.shape, seed=5).double()

    def net(layer: coupling.AffineCoupling, number: int) -> torch.nn.Module:
        class Net(torch.nn.Module):
            def forward(self, masked: torch.Tensor) -> torch.Tensor:
                found = layer.scale_and_shift(layer.halves(masked)[0])[number]
                return layer.joined(torch.zeros_like(found), found)

        return Net()

    # normflows goes from the base to the data: its layers are ours, backwards and inverted
    chain = [
        normflows.flows.Reverse(
            normflows.flows.MaskedAffineFlow(
                torch.tensor([1.0, 0.0] if layer.passes_first else [0.0, 1.0]).double(), net(layer, 1), net(layer, 0)
            )
        )
        for layer in reversed(list(ours.layers))
    ]
    theirs = normflows.NormalizingFlow(normflows.distributions.DiagGaussian(2, trainable=False), chain).double()
    x = normal(P, 2, seed=6).double()
    torch.testing.assert_close(ours(x)[0], theirs.log_prob(x))
    mistaken = normalizing_flow.log_density(ours(x)[0], -ours(x)[1].log_dets)
    assert (mistaken - theirs.log_prob(x)).abs().max() > 0.01
