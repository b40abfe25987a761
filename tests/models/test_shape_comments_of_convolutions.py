"""The shape comments of convolutions, pooling and their small networks, executed; all sizes differ."""

import pytest
import torch
from torch import nn

from models.convolution import (
    convolution,
    depthwise_separable,
    digit_stack,
    digit_training,
    dilated,
    pixel_mlp,
    pooling,
    strided_reader,
    transposed,
)
from models.convolution.pooling import GlobalMaxHead
from models.data import smooth_images
from models.seeding import generator, normal, seeded
from tests.shape_comments import check_fields, shapes_checked

B, C, OUT, N, M, K = 2, 3, 5, 7, 9, 3


def run_convolution() -> None:
    convolution.conv2d(normal(B, C, N, M, seed=0), normal(OUT, C, K, K, seed=1), s=2, p=1)


def run_transposed() -> None:
    o = transposed.stamped(normal(B, OUT, N, M, seed=0), normal(OUT, C, K, K, seed=1), 2)
    transposed.unevenness(o, 2, border=2)


def run_rotated() -> None:
    transposed.as_convolution(normal(B, OUT, N, M, seed=0), normal(OUT, C, K, K, seed=1), 2)


def run_depthwise() -> None:
    depthwise_separable.depthwise(normal(B, C, N, M, seed=0), normal(C, K, K, seed=1))
    depthwise_separable.energy_share(normal(10, C, K, K, seed=1), 1)
    depthwise_separable.cut(seeded(lambda: nn.Conv2d(C, 10, K), 0), 2)


def run_stack() -> None:
    model = seeded(
        lambda: digit_stack.DigitStack(lambda: nn.Conv2d(2 * C, OUT, 3, padding=1), lambda: GlobalMaxHead(OUT), C), 0
    )
    _, trace = model(normal(B, 1, 6, 6, seed=0))
    assert check_fields(trace, B=B, C=C, N=6, D=OUT) == 3


def run_dilated() -> None:
    _, trace = seeded(lambda: dilated.DilatedStack((1, 2), 4, C), 0)(normal(B, 1, N, M, seed=0))
    assert check_fields(trace, B=B, C=C, N=N, M=M) == 1
    dilated.paths((1, 2))


def run_mlp() -> None:
    _, trace = seeded(lambda: pixel_mlp.PixelMLP(N, 4), 0)(normal(B, 1, N, N, seed=0))
    assert check_fields(trace, B=B, F=4) == 1


def run_reader() -> None:
    model = seeded(lambda: strided_reader.StridedReader(8, 3, 2, 1, (0, 0, 0, 0), channels=C), 0)
    _, trace = model(normal(B, 1, 8, 8, seed=0), (0, 0, 0, 0))
    assert check_fields(trace, B=B, C=C, H=3, W=3) == 1
    strided_reader.reads(8, 3, 2, (0, 0, 0, 0), 1)


def run_moves() -> None:
    digit_training.moved_at_random(normal(B, 1, digit_training.SIDE, digit_training.SIDE, seed=0), generator(0))


def run_smooth() -> None:
    smooth_images.SmoothImages(B, generator(0)).at(torch.arange(N))


@pytest.mark.parametrize(
    ("modules", "sizes", "run"),
    [
        ((convolution,), {"B": B, "C": C, "O": OUT, "N": N, "M": M, "K": K, "p": 1, "H": 4, "W": 5}, run_convolution),
        ((transposed,), {"B": B, "O": OUT, "C": C, "K": K, "s": 2}, run_transposed),
        ((depthwise_separable,), {"C": C, "K": K}, run_depthwise),
        ((digit_stack,), {"B": B, "C": C, "N": 6, "D": OUT}, run_stack),
        ((dilated,), {"B": B, "C": C, "N": N, "M": M}, run_dilated),
        ((pixel_mlp,), {"B": B, "F": 4}, run_mlp),
        ((strided_reader,), {"C": C, "H": 3, "W": 3}, run_reader),
        ((digit_training,), {"B": B, "N": digit_training.SIDE}, run_moves),
        ((smooth_images,), {"B": B, "F": smooth_images.WAVES, "N": N}, run_smooth),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_shape_comments(modules, sizes, run) -> None:
    with shapes_checked(*modules, **sizes) as watch:
        run()
    if run is run_transposed:
        with shapes_checked(*modules, B=B, O=OUT, C=C, K=K) as more:
            run_rotated()
        left = {line for line in watch.unreached() if line in more.unreached()}
        assert left == set()
    else:
        assert watch.unreached() == []


def test_pooling_and_kernel_fit_have_no_unchecked_comment() -> None:
    """Their shapes stand in docstrings only."""
    with shapes_checked(pooling) as watch:
        pass
    assert watch.unreached() == []
