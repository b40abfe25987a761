"""Clip prediction against torch's own layers, and its reader against scikit-learn's least squares."""

import pytest
import torch
from sklearn.linear_model import LinearRegression
from torch import nn

from models.contrastive.clip_prediction import ClipPrediction, linear_reader, read
from models.contrastive.siamese import Encoder
from models.seeding import normal

pytestmark = pytest.mark.parity

B, F, M, H, D = 5, 3, 11, 7, 4


def layers_of(encoder: Encoder) -> nn.Sequential:
    inputs, hidden = encoder.first.shape
    layers = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, encoder.second.shape[1]))
    for layer, weight, bias in ((0, encoder.first, encoder.first_bias), (2, encoder.second, encoder.second_bias)):
        layers[layer].weight.data, layers[layer].bias.data = weight.data.T, bias.data
    return layers


def test_errors() -> None:
    ours = ClipPrediction(F, M, H, D, 0)
    for seed, weight in enumerate(ours.parameters()):
        weight.data = 1.5 * normal(*weight.shape, seed=seed) / weight.shape[0] ** 0.5
    f, g, target = map(layers_of, (ours.context, ours.predictor, ours.follower))
    x, v = normal(B, F, M, seed=30), (normal(F, M, seed=31) > 0).float()
    expected = torch.stack(
        [
            nn.functional.mse_loss(g(torch.cat([f(frame) for frame in clip * v]))[t * D : (t + 1) * D], target(clip[t]))
            for clip in x
            for t in range(F)
        ]
    ).view(B, F)
    torch.testing.assert_close(ours(x, v)[0], expected)
    assert not torch.allclose(ours(x, 1 - v)[0], expected, rtol=1e-3)
    ours.follow(0.0)
    assert not torch.allclose(ours(x, v)[0], expected, rtol=1e-3), "the target encoder has weights of its own"


def test_the_reader() -> None:
    vectors, places = normal(31, D, seed=32), normal(31, 2, seed=33)
    fitted = LinearRegression().fit(vectors.numpy(), places.numpy())
    asked = normal(9, D, seed=34)
    theirs = torch.from_numpy(fitted.predict(asked.numpy()))
    torch.testing.assert_close(read(linear_reader(vectors, places), asked), theirs, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(read(linear_reader(vectors, places.flip(1)), asked), theirs, atol=1e-3)
