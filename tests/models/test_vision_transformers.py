"""Patches, rollout, probes and shifts: hand-computed values and what must not change."""

import pytest
import torch

from models.cost.vision_transformer_sizes import SHAPES, parameters
from models.data.digits import digits
from models.data.patch_orders import fixed_order, in_order, new_orders, reordered
from models.data.shifted_digits import moved, shifts
from models.generative.pretrained_networks import digit_vit
from models.interpretability.patch_evidence import (
    head_rollout,
    layer_rollout,
    least,
    logits_of,
    of_class_token,
    rollouts,
)
from models.interpretability.probe import nearest, principal_plane, probe_accuracy, ridge_weights, standardised
from models.seeding import generator, normal, seeded
from models.transformer.patch_embedding import (
    correlation_with_distance,
    embedded,
    embedded_by_convolution,
    position_similarity,
    score_count,
    token_count,
    with_columns_first,
)
from models.transformer.vision_transformer import VisionTransformer, rollout

T = 5


def random_attention(layers: int, seed: int = 0) -> list[torch.Tensor]:
    return [normal(2, 3, T, T, seed=seed + layer).softmax(dim=-1) for layer in range(layers)]


def test_rollout_is_the_product_and_its_rows_sum_to_one():
    layers = random_attention(3)
    steps = rollouts(layers)
    assert torch.equal(steps[0][0], torch.eye(T))
    torch.testing.assert_close(steps[-1], rollout(tuple(layers)))
    torch.testing.assert_close(steps[-1].sum(dim=-1), torch.ones(2, T))
    torch.testing.assert_close(head_rollout(layers[1], steps[1]).mean(dim=1), layer_rollout(layers[1], steps[1]))
    assert of_class_token(steps[-1]).shape == (2, T - 1)


def test_rollout_of_one_layer_by_hand():
    weights = torch.tensor([[[[0.5, 0.5], [0.0, 1.0]], [[0.1, 0.9], [0.0, 1.0]]]])
    expected = torch.tensor([[[0.65, 0.35], [0.0, 1.0]]])
    torch.testing.assert_close(rollouts([weights])[-1], expected)
    assert not torch.allclose(rollouts([weights.mT])[-1], expected)  # columns for rows


def test_the_smallest_scores_in_their_order():
    assert least(torch.tensor([[5.0, 1.0, 4.0, 2.0]]), 2).tolist() == [[1, 3]]


def test_leaving_out_nothing_is_the_model_itself_and_a_patch_left_out_is_not_read():
    model, images = digit_vit(), digits()[1].images[:5].clone()
    everything = torch.arange(16).expand(5, 16)
    torch.testing.assert_close(logits_of(model, images, everything), model(images)[0])
    kept = torch.arange(2, 16).expand(5, 14)
    before = logits_of(model, images, kept)
    images[:, :, :2, :4] = 1.0  # the first two patches
    torch.testing.assert_close(logits_of(model, images, kept), before)
    assert not torch.allclose(model(images)[0], before)


@pytest.mark.parametrize(
    ("name", "count"), [("ViT-B/16", 85_798_656), ("ViT-L/16", 303_301_632), ("ViT-H/14", 630_764_800)]
)
def test_published_sizes_without_the_head(name, count):
    parts = parameters(name)
    assert sum(parts.values()) == count
    D, L = SHAPES[name].width, SHAPES[name].layers
    assert parts["attention"] == L * 4 * (D * D + D)
    assert parts["norms"] == (2 * L + 1) * 2 * D


def test_tokens_and_scores():
    assert (token_count(224, 16), token_count(8, 2), score_count(torch.tensor(16)).item()) == (196, 16, 17**2)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_matrix_on_patches_is_a_convolution_and_order_in_the_kernel_matters(channels):
    x, side, D = normal(2, channels, 12, 12, seed=0), 3, 7
    weight, bias = normal(D, channels * side * side, seed=1), normal(D, seed=2)
    expected = embedded(x, weight, bias, side)
    torch.testing.assert_close(embedded_by_convolution(x, weight, bias, side), expected, atol=1e-5, rtol=1e-5)
    turned = with_columns_first(weight, channels, side)
    assert not torch.allclose(embedded_by_convolution(x, turned, bias, side), expected, atol=0.1)
    assert torch.equal(with_columns_first(turned, channels, side), weight)


def test_without_positions_the_order_of_the_patches_is_nothing():
    model = seeded(lambda: VisionTransformer(width=16, layers=2, heads=2, hidden=24), 0)
    images = normal(3, 1, 8, 8, seed=1)
    shuffled = reordered(images, new_orders(3, 16, generator(2)), 2)
    model.position.data.zero_()
    torch.testing.assert_close(model(shuffled)[0], model(images)[0], atol=1e-5, rtol=1e-5)
    model.position.data.normal_(generator=generator(3))
    assert not torch.allclose(model(shuffled)[0], model(images)[0], atol=1e-2)


def test_orders_move_whole_patches():
    images = normal(4, 1, 8, 8, seed=0)
    assert torch.equal(in_order(images, "kept", 2, generator(0)), images)
    fixed, new = (in_order(images, order, 2, generator(0)) for order in ("one other order", "new for each picture"))
    for moved_images in (fixed, new):
        torch.testing.assert_close(moved_images.flatten(1).sort().values, images.flatten(1).sort().values)
    assert torch.equal(fixed, reordered(images, fixed_order(16), 2))
    assert not torch.equal(fixed, new)


def test_similarity_of_positions_falls_with_distance_where_they_are_places_in_the_plane():
    place = torch.stack([torch.arange(16) // 4, torch.arange(16) % 4], dim=1).float()
    smooth = torch.cat([(place * 0.4).cos(), (place * 0.4).sin()], dim=1)
    assert correlation_with_distance(position_similarity(smooth)) < -0.9
    assert correlation_with_distance(position_similarity(normal(16, 64, seed=0))).abs() < 0.4


def test_digits_move_by_whole_pixels():
    image = torch.full((1, 1, 8, 8), -1.0)
    image[0, 0, 3, 4] = 1.0
    three = moved(image.expand(3, 1, 8, 8), torch.tensor([[0, 0], [1, -1], [-1, 1]]))
    assert [one[0].argmax().item() for one in three] == [3 * 8 + 4, 4 * 8 + 3, 2 * 8 + 5]
    assert torch.equal(moved(image, torch.zeros(1, 2, dtype=torch.long)), image)
    edge = moved(torch.ones(1, 1, 8, 8), torch.tensor([[1, 0]]))
    assert (edge[0, 0, 0] == -1).all()
    assert shifts(300, "each its own way", generator(0)).unique().tolist() == [-1, 0, 1]
    assert (shifts(5, "all alike", generator(0)) == 1).all()


def test_ridge_by_hand_and_its_gradient():
    f, y = torch.tensor([[1.0], [-1.0]]), torch.tensor([0, 1])
    torch.testing.assert_close(ridge_weights(f, y, 2, 2.0), torch.tensor([[0.25, -0.25]]))
    f, y = normal(9, 4, seed=0).double(), torch.arange(9) % 3
    weights = ridge_weights(f, y, 3, 0.7).requires_grad_()
    wanted = torch.nn.functional.one_hot(y, 3).double() - 1 / 3
    ((f @ weights - wanted).square().sum() + 0.7 * weights.square().sum()).backward()
    assert weights.grad.abs().max() < 1e-9


def test_a_probe_reads_classes_that_are_there_and_none_that_are_not():
    y = torch.arange(200) % 2
    f = normal(200, 6, seed=0)
    told = f + 4.0 * (y[:, None] - 0.5)
    assert probe_accuracy(told, y, torch.arange(20), 2) > 0.95
    assert probe_accuracy(f, y, torch.arange(20), 2) < 0.7
    torch.testing.assert_close(standardised(f, f).mean(dim=0), torch.zeros(6), atol=1e-5, rtol=0)


def test_neighbours_by_angle_and_the_plane_of_largest_variance():
    f = torch.tensor([[1.0, 0.0], [10.0, 1.0], [0.0, 1.0], [-1.0, 0.0]])
    assert nearest(f, torch.tensor([5.0, 0.0]), 2).tolist() == [0, 1]
    spread = normal(50, 4, seed=0) * torch.tensor([0.1, 9.0, 0.1, 3.0])
    centre, directions = principal_plane(spread)
    torch.testing.assert_close(centre, spread.mean(dim=0))
    assert directions.abs().argmax(dim=0).tolist() == [1, 3]
