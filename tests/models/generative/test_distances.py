"""Distances between sets, against closed forms."""

import numpy as np
import pytest
import torch

from models.generative.distances import (
    energy_distance,
    frechet_distance,
    inhomogeneity,
    kolmogorov_smirnov,
    nearest_distance,
    sliced_wasserstein,
    within_class_variance,
)
from models.seeding import normal


def test_two_points_against_themselves_and_apart():
    x, y = torch.tensor([[0.0], [2.0]]), torch.tensor([[10.0], [12.0]])
    assert energy_distance(x, y).item() == pytest.approx(2 * 10 - 2 - 2)
    assert inhomogeneity(x, y).item() == pytest.approx(16 / 20)


def test_equal_distributions_are_near_zero():
    x, y = normal(2000, 3, seed=0), normal(2000, 3, seed=1)
    assert abs(energy_distance(x, y).item()) < 0.01
    assert frechet_distance(x, y).item() < 0.05
    assert kolmogorov_smirnov(x[:, 0], y[:, 0]).item() < 0.06


def test_frechet_distance_of_gaussians_with_one_basis_is_closed():
    x = normal(4000, 3, seed=0)
    x = (x - x.mean(0)) @ torch.linalg.inv(torch.linalg.cholesky(x.T.cov())).T  # mean 0, covariance I, exactly
    scale, shift = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 0.0, -2.0])
    assert frechet_distance(x, x * scale + shift).item() == pytest.approx(5 + (0 + 1 + 4), rel=1e-3)


def test_sliced_wasserstein_of_a_shift():
    x = normal(500, 2, seed=0)
    assert sliced_wasserstein(x, x + torch.tensor([3.0, 0.0])).item() == pytest.approx(3 * 2 / np.pi, rel=1e-3)


def test_kolmogorov_smirnov_counts_ties_once():
    assert kolmogorov_smirnov(torch.ones(5), torch.ones(9)).item() == 0
    assert kolmogorov_smirnov(torch.zeros(5), torch.ones(9)).item() == 1
    assert kolmogorov_smirnov(torch.tensor([0.0, 1.0]), torch.tensor([1.0, 1.0])).item() == 0.5


def test_nearest_distance_of_a_copy_is_zero():
    x = normal(7, 1, 4, 4, seed=0)
    assert nearest_distance(x[2:3], x).item() == pytest.approx(0, abs=1e-3)


def test_variance_within_classes_ignores_what_lies_between_them():
    x, labels = torch.tensor([[0.0], [2.0], [100.0], [102.0]]), torch.tensor([0, 0, 1, 1])
    assert within_class_variance(x, labels).item() == 2
