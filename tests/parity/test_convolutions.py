"""Convolutions and pooling against torch and scipy, in float64 at odd sizes."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import convolve2d, correlate2d
from torch import nn
from torch.nn import functional

from models.convolution.convolution import conv2d, feature_maps, true_convolution
from models.convolution.depthwise_separable import depthwise, pointwise
from models.convolution.digit_cnn import DigitCNN
from models.convolution.pooling import average_pool, global_average, global_max, max_pool
from models.convolution.transposed import as_convolution, not_rotated, stamped
from models.seeding import generator, seeded
from tests.parity.weights import redraw

pytestmark = pytest.mark.parity
sizes = settings(max_examples=25)


def doubles(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


@sizes
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 3))
def test_conv2d(C, out, K, s, p, d):
    x, w = doubles(2, C, 11, 13, seed=K), doubles(out, C, K, K, seed=s)
    theirs = functional.conv2d(x, w, stride=s, padding=p, dilation=d)
    torch.testing.assert_close(conv2d(x, w, s, p, d), theirs)


def test_a_wrong_stride_or_a_rotated_kernel_would_be_caught():
    x, w = doubles(1, 2, 9, 7, seed=0), doubles(3, 2, 3, 3, seed=1)
    assert not torch.allclose(conv2d(x, w, d=2), functional.conv2d(x, w, stride=1, dilation=1)[..., :5, :3])
    assert not torch.allclose(true_convolution(x, w), functional.conv2d(x, w))


@sizes
@given(st.integers(1, 4), st.integers(4, 9), st.integers(0, 99))
def test_scipy_rotates_the_kernel_of_its_convolution(K, N, seed):
    x, w = doubles(N, N + 2, seed=seed), doubles(K, K, seed=seed + 1)
    ours = true_convolution(x[None, None], w[None, None])[0, 0].numpy()
    np.testing.assert_allclose(ours, convolve2d(x.numpy(), w.numpy(), mode="valid"))
    np.testing.assert_allclose(
        conv2d(x[None, None], w[None, None])[0, 0].numpy(), correlate2d(x.numpy(), w.numpy(), mode="valid")
    )


@sizes
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 5), st.integers(1, 3))
def test_transposed_convolution(out, C, K, s):
    y, w = doubles(2, out, 4, 5, seed=K), doubles(out, C, K, K, seed=s)
    theirs = functional.conv_transpose2d(y, w, stride=s)
    torch.testing.assert_close(stamped(y, w, s), theirs)
    torch.testing.assert_close(as_convolution(y, w, s), theirs)
    assert K == 1 or not torch.allclose(not_rotated(y, w, s), theirs)


def test_transposed_convolution_is_the_gradient_of_the_convolution():
    x, w = doubles(1, 2, 9, 9, seed=0).requires_grad_(), doubles(3, 2, 3, 3, seed=1)
    y = functional.conv2d(x, w, stride=2)
    back = doubles(*y.shape, seed=2)
    torch.testing.assert_close(stamped(back, w, 2), torch.autograd.grad(y, x, back)[0])


@sizes
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))
def test_pooling(k, C, cells):
    x = doubles(2, C, k * cells, k * (cells + 1), seed=k)
    torch.testing.assert_close(max_pool(x, k), functional.max_pool2d(x, k))
    torch.testing.assert_close(average_pool(x, k), functional.avg_pool2d(x, k))
    torch.testing.assert_close(global_max(x), functional.adaptive_max_pool2d(x, 1).flatten(1))
    torch.testing.assert_close(global_average(x), functional.adaptive_avg_pool2d(x, 1).flatten(1))


@sizes
@given(st.integers(1, 5), st.integers(1, 4), st.sampled_from([1, 3, 5]))
def test_depthwise_and_pointwise(C, out, K):
    x, v, u = doubles(2, C, 7, 9, seed=K), doubles(C, K, K, seed=1), doubles(out, C, seed=2)
    z = functional.conv2d(x, v[:, None], padding=K // 2, groups=C)
    torch.testing.assert_close(depthwise(x, v), z)
    torch.testing.assert_close(pointwise(z, u), functional.conv2d(z, u[..., None, None]))


def test_the_digit_network_is_that_of_its_layers():
    ours = seeded(lambda: DigitCNN(channels=3, side=12, classes=7), 0).double()
    redraw(ours, seed=5)
    theirs = nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(54, 7),
    ).double()  # fmt: skip
    theirs.load_state_dict(dict(zip(theirs.state_dict(), ours.state_dict().values(), strict=True)))
    x = doubles(5, 1, 12, 12, seed=1)
    logits, trace = ours(x)
    torch.testing.assert_close(logits, theirs(x))
    torch.testing.assert_close(trace.first, feature_maps(x, ours.first.weight, ours.first.bias))
    theirs[3].weight.data = theirs[3].weight.data.flip(-1)
    assert not torch.allclose(logits, theirs(x))
