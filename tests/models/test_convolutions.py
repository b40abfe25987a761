"""Convolutions, pooling and their inverse directions: values by hand, invariants, and what training must not change."""

import pytest
import torch
from torch import nn

from models.convolution.convolution import conv2d, feature_maps, output_size, true_convolution, windows
from models.convolution.depthwise_separable import (
    DepthwiseSeparable,
    cut,
    depthwise,
    energy_share,
    pointwise,
    weights_separable,
    weights_standard,
)
from models.convolution.digit_training import BORDER, accuracy_when_moved, moved, moved_at_random, on_canvas
from models.convolution.dilated import extent, field_side, paths
from models.convolution.kernel_fit import KERNELS, KernelFit, kernel
from models.convolution.pooling import (
    average_pool,
    flattened,
    global_average,
    global_max,
    max_pool,
    middle_cell,
    top_left,
)
from models.convolution.strided_reader import EVENLY, RIGHT_AND_BELOW, reads
from models.convolution.transposed import (
    as_convolution,
    not_rotated,
    overlaps,
    stamped,
    transposed_size,
    unevenness,
)
from models.data.bright_column import bright_column
from models.data.signs_at_a_distance import signs, to_the_right
from models.data.smooth_images import SmoothImages
from models.parameter_count import parameter_count
from models.seeding import generator, normal, seeded


def test_a_patch_times_a_kernel_by_hand() -> None:
    x = torch.arange(9.0).view(1, 1, 3, 3)
    w = torch.tensor([[1.0, 0.0], [0.0, -2.0]])[None, None]
    assert conv2d(x, w)[0, 0].tolist() == [[0 - 8, 1 - 10], [3 - 14, 4 - 16]]
    assert true_convolution(x, w)[0, 0].tolist() == [[-2 * 0 + 4, -2 * 1 + 5], [-2 * 3 + 7, -2 * 4 + 8]]


@pytest.mark.parametrize("K", [1, 2, 3, 4])
@pytest.mark.parametrize("s", [1, 2, 3])
@pytest.mark.parametrize("p", [0, 2])
@pytest.mark.parametrize("d", [1, 2])
def test_the_size_is_that_of_the_formula(K, s, p, d) -> None:
    assert conv2d(torch.zeros(1, 1, 9, 9), torch.zeros(1, 1, K, K), s, p, d).shape[-1] == output_size(9, K, s, p, d)


def test_a_shifted_image_gives_the_shifted_map() -> None:
    x, w = normal(1, 2, 9, 9, seed=0), normal(3, 2, 3, 3, seed=1)
    assert torch.allclose(conv2d(x[..., 1:], w), conv2d(x, w)[..., 1:], atol=1e-5)


def test_feature_maps_are_never_negative_and_keep_their_size() -> None:
    y = feature_maps(normal(1, 2, 6, 6, seed=0), normal(4, 2, 3, 3, seed=1), normal(4, seed=2))
    assert y.shape == (1, 4, 6, 6)
    assert y.min() == 0


def test_windows_hold_every_patch() -> None:
    x = normal(1, 1, 5, 5, seed=0)
    assert torch.equal(windows(x, 3)[0, 0, :, 1, 2], x[0, 0, 1:4, 2:5].flatten())


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_is_found_again(name) -> None:
    x = normal(20, 1, 8, 8, seed=0)
    fit = KernelFit(x, conv2d(x, kernel(name)), seed=1, steps=150)
    for _ in range(150):
        fit.step()
    assert (fit.evaluate() - kernel(name)).abs().max() < 0.02


def test_pooling_by_hand() -> None:
    x = torch.arange(16.0).view(1, 1, 4, 4)
    assert max_pool(x)[0, 0].tolist() == [[5, 7], [13, 15]]
    assert average_pool(x)[0, 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]
    assert top_left(x)[0, 0].tolist() == [[0, 2], [8, 10]]
    assert global_max(x).item() == 15
    assert global_average(x).item() == 7.5
    assert middle_cell(x).item() == 10
    assert flattened(x).shape == (1, 16)


def test_global_pooling_ignores_circular_shifts_and_windows_move_by_whole_cells() -> None:
    x = normal(1, 2, 8, 8, seed=0)
    assert torch.equal(global_max(moved(x, 1, 3)), global_max(x))
    assert torch.equal(max_pool(moved(x, 0, 2)), moved(max_pool(x), 0, 1))
    assert not torch.equal(max_pool(moved(x, 0, 1)), max_pool(x))


def test_unread_pixels() -> None:
    assert int((reads(8, 3, 2, (0, 0, 0, 0), 1) == 0).sum()) == 15
    assert int((reads(8, 3, 2, EVENLY, 1) == 0).sum()) == 0
    assert reads(8, 3, 2, (0, 0, 0, 0), 1).max() == 4
    assert int((reads(8, 3, 2, RIGHT_AND_BELOW, 1) == 0).sum()) == 0


def test_the_label_stands_in_its_column() -> None:
    x, y = bright_column(4000, 5, generator(0))
    apart = x[y == 1].mean(dim=(0, 1, 2)) - x[y == 0].mean(dim=(0, 1, 2))
    assert apart[5].item() == pytest.approx(1.5, abs=0.1)
    assert apart[:5].abs().max() < 0.1


def test_a_receptive_field_is_where_the_gradient_is() -> None:
    assert [extent(d) for d in (1, 2, 4)] == [3, 5, 9]
    for rates in ((1, 2, 4), (2, 2, 2), (1, 1)):
        x = torch.zeros(1, 1, 25, 25, requires_grad=True)
        y = x
        for d in rates:
            y = conv2d(y, torch.ones(1, 1, 3, 3), p=d, d=d)
        (gradient,) = torch.autograd.grad(y[0, 0, 12, 12], x)
        half = field_side(rates) // 2
        assert torch.equal(gradient[0, 0, 12 - half : 13 + half, 12 - half : 13 + half], paths(rates)[-1])
        assert gradient.sum() == paths(rates)[-1].sum()


def test_signs_to_the_right() -> None:
    x = signs(2, 3, 8, generator(0))
    t = to_the_right(x, 3)
    assert t.shape == (2, 3, 3, 6)
    assert torch.equal(t[:, 2], (x[:, 0, :, 2:] > 0).float())


@pytest.mark.parametrize(("K", "s"), [(3, 2), (4, 2), (2, 3), (1, 2), (5, 3)])
def test_stamps_are_the_transpose_of_the_convolution(K, s) -> None:
    y, w = normal(2, 3, 4, 4, seed=0).double(), normal(3, 2, K, K, seed=1).double()
    x = normal(2, 2, *[transposed_size(4, K, s)] * 2, seed=2).double()
    assert torch.allclose((conv2d(x, w, s=s) * y).sum(), (x * stamped(y, w, s)).sum())
    assert torch.allclose(stamped(y, w, s), as_convolution(y, w, s))
    assert torch.allclose(stamped(y, w, s), not_rotated(y, w, s)) == (K == 1)


def test_overlaps_by_hand() -> None:
    assert overlaps(2, 3, 2)[2].tolist() == [2, 2, 4, 2, 2]
    assert overlaps(3, 4, 2)[2:-2, 2:-2].unique().tolist() == [4]
    assert unevenness(overlaps(6, 3, 2), 2, 2).item() == pytest.approx(0.75)
    assert unevenness(overlaps(6, 1, 2), 2, 2).item() == 1


def test_smooth_images_agree_on_every_grid() -> None:
    images = SmoothImages(3, generator(0))
    assert torch.allclose(images.at(torch.arange(6.0))[..., ::2, ::2], images.at(torch.arange(0, 6, 2)), atol=1e-5)


def test_a_separable_layer_is_its_two_stages() -> None:
    layer = seeded(lambda: DepthwiseSeparable(3, 5), 0)
    x = normal(2, 3, 6, 6, seed=1)
    ours = pointwise(depthwise(x, layer.depthwise.weight[:, 0]), layer.pointwise.weight[..., 0, 0])
    assert torch.allclose(layer(x), ours, atol=1e-5)
    assert parameter_count(layer) - 5 == weights_separable(3, 5, 3)
    assert weights_separable(16, 24, 3) / weights_standard(16, 24, 3) == pytest.approx(1 / 24 + 1 / 9)


def test_a_cut_with_all_parts_is_the_layer_and_the_first_part_is_the_best() -> None:
    layer, x = seeded(lambda: nn.Conv2d(3, 10, 3, padding=1), 0), normal(2, 3, 6, 6, seed=1)
    assert torch.allclose(cut(layer, 9)(x), layer(x), atol=1e-5)
    w = layer.weight.detach()
    part = cut(layer, 1)
    made = torch.einsum("oc,cab->ocab", part.pointwise.weight[..., 0, 0], part.depthwise.weight[:, 0])
    kept = 1 - (w - made).square().sum() / w.square().sum()
    assert kept.item() == pytest.approx(energy_share(w, 1), abs=1e-5)
    assert energy_share(w, 9) == pytest.approx(1)


def test_moving_on_the_canvas_loses_no_ink() -> None:
    held_out = on_canvas("cpu")[1].images
    assert torch.equal(moved(held_out, BORDER, -BORDER).sum(dim=(1, 2, 3)), held_out.sum(dim=(1, 2, 3)))
    sums = moved_at_random(held_out, generator(0)).sum(dim=(1, 2, 3))
    assert torch.allclose(sums, held_out.sum(dim=(1, 2, 3)), atol=1e-4)


def test_accuracy_when_moved_counts_right_answers() -> None:
    class Oracle(nn.Module):
        """Says 1 where ink stands in the upper half."""

        def forward(self, x):
            up = x[:, 0, :6].sum(dim=(1, 2)) > x[:, 0, 6:].sum(dim=(1, 2))
            return torch.stack([~up, up], dim=1).float(), None

    data = on_canvas("cpu")[1]
    up = data.images[:, 0, :6].sum(dim=(1, 2)) > data.images[:, 0, 6:].sum(dim=(1, 2))
    assert accuracy_when_moved(Oracle(), data._replace(labels=up.long()), 0, lambda x: x) == 1
