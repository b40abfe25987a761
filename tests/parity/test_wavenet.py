"""WaveNet's layers against torch's convolutions, in float64 at odd sizes."""

import pytest
import torch
from torch.nn import functional

from models.convolution.wavenet import GatedLayer, causal_convolution
from models.seeding import generator, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity


def doubles(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.double)


def theirs(x: torch.Tensor, w: torch.Tensor, dilation: int) -> torch.Tensor:
    padded = functional.pad(x.mT, ((w.shape[2] - 1) * dilation, 0))
    return functional.conv1d(padded, w, dilation=dilation).mT


@pytest.mark.parametrize("dilation", [1, 2, 5, 30])
def test_causal_convolution(dilation: int) -> None:
    x, w = doubles(3, 23, 5, seed=0), doubles(7, 5, 2, seed=1)
    torch.testing.assert_close(causal_convolution(x, w, dilation), theirs(x, w, dilation))
    if dilation < 23:
        assert (causal_convolution(x, w.flip(2), dilation) - theirs(x, w, dilation)).abs().max() > 0.1


def test_a_gated_layer() -> None:
    layer = seeded(lambda: GatedLayer(5, 3, 4), 0).double()
    redraw(layer, 1)
    x, labels = doubles(2, 17, 5, seed=2), torch.tensor([3, 1])
    skip, trace = layer(x, labels)
    f = theirs(x, layer.w_f, 3) + functional.embedding(labels, layer.v_f.weight).unsqueeze(1)
    g = theirs(x, layer.w_g, 3) + functional.embedding(labels, layer.v_g.weight).unsqueeze(1)
    z = torch.tanh(f) / (1 + torch.exp(-g))
    torch.testing.assert_close(skip, functional.linear(z, layer.skip.weight, layer.skip.bias))
    torch.testing.assert_close(trace.output, x + functional.linear(z, layer.residual.weight, layer.residual.bias))
    swapped = torch.tanh(g) / (1 + torch.exp(-f))
    assert (trace.activation - swapped).abs().max() > 0.1
