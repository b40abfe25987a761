"""How many patches are attended to and how far away they are, against values worked out by hand."""

import math

import pytest
import torch

from models.interpretability.patch_attention import attended_distance, attended_patches
from tests.shape_comments import shapes_checked


def test_uniform_weights_reach_all_patches_and_a_single_weight_one():
    T = 9
    assert attended_patches(torch.full((T, T), 1 / T)).tolist() == pytest.approx([T] * T)
    assert attended_patches(torch.eye(T)).tolist() == pytest.approx([1.0] * T)


def test_distances_are_between_the_centres_of_patches_in_pixels():
    w = torch.zeros(2, 4, 4)
    w[0] = torch.eye(4)  # each patch itself
    w[1, 0, 3], w[1, 1, 3], w[1, 2, 0], w[1, 3, 3] = 1, 1, 1, 1  # across, below, above, itself
    with shapes_checked(attended_distance, T=4, S=2):
        found = attended_distance(w, 3)
    assert found[0].tolist() == [0, 0, 0, 0]
    assert found[1].tolist() == pytest.approx([3 * math.sqrt(2), 3, 3, 0])
    mixed = 0.25 * w[0] + 0.75 * w[1]
    assert attended_distance(mixed, 3).tolist() == pytest.approx((0.75 * found[1]).tolist())
