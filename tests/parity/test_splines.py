"""B-splines and least squares against scipy, tanh networks against torch's layers."""

import numpy as np
import pytest
import torch
from scipy.interpolate import BSpline
from scipy.optimize import least_squares
from torch import nn

from models.approximation.b_spline import bumps, spline, uniform_knots
from models.approximation.kan import KAN
from models.approximation.levenberg_marquardt import LevenbergMarquardt
from models.approximation.tanh_network import TanhNetwork
from models.seeding import generator

pytestmark = pytest.mark.parity


def doubles(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.double)


@pytest.mark.parametrize(("intervals", "degree"), [(3, 1), (5, 2), (7, 3), (11, 3)])
def test_splines(intervals: int, degree: int) -> None:
    low, high = torch.tensor([-0.7, 0.2], dtype=torch.double), torch.tensor([1.3, 0.9], dtype=torch.double)
    knots, c = uniform_knots(low, high, intervals, degree), doubles(3, 2, intervals + degree, seed=0)
    x = torch.linspace(-0.69, 1.29, 41, dtype=torch.double)
    inside = torch.stack([x, low[1] + (x - low[0]) * (high[1] - low[1]) / (high[0] - low[0])], -1)
    ours = spline(bumps(inside, knots, degree), c)
    for o in range(3):
        for i in range(2):
            theirs = BSpline(knots[i].numpy(), c[o, i].numpy(), degree)(inside[:, i].numpy())
            np.testing.assert_allclose(ours[:, o, i], theirs, rtol=1e-10, atol=1e-12)
    shifted = spline(bumps(inside, knots + 0.05, degree), c)
    assert not np.allclose(shifted, ours, atol=1e-3)


def test_a_whole_network() -> None:
    """Every edge evaluated by scipy, every sum by numpy."""
    model, x = KAN([2, 3, 1], 5, 3, 1, reach=1.0), doubles(1, 23, 2, seed=1).clamp(-0.99, 0.99)
    h = x[0].numpy()
    for layer in model.layers:
        base, c, knots = (one.detach().numpy()[0, 0] for one in (layer.base, layer.c, layer.knots))
        rows = []
        for o in range(len(base)):
            curves = [
                base[o, i] * h[:, i] / (1 + np.exp(-h[:, i]))
                + np.nan_to_num(BSpline(knots[i], c[o, i], 3, extrapolate=False)(h[:, i]))
                for i in range(h.shape[1])
            ]
            rows.append(np.sum(curves, axis=0))
        inside = (np.abs(h) < 1).all(1)
        h = np.stack(rows, -1)
    ours = model(x)[0][0].detach().numpy()
    assert inside.sum() > 5
    np.testing.assert_allclose(ours[inside], h[inside], rtol=1e-9)


def test_least_squares() -> None:
    x, t = doubles(1, 31, 2, seed=2), doubles(31, 1, seed=3)
    model = TanhNetwork([2, 2, 1], 4, 1)
    start = np.concatenate([one.detach().numpy().ravel() for one in model.parameters()])
    shapes = [one.shape for one in model.parameters()]

    def residuals(flat: np.ndarray) -> np.ndarray:
        parts = np.split(flat, np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1])
        w1, w2, b1, b2 = (part.reshape(shape)[0, 0] for part, shape in zip(parts, shapes))
        return (np.tanh(x[0].numpy() @ w1.T + b1) @ w2.T + b2 - t.numpy())[:, 0]

    np.testing.assert_allclose(residuals(start), (model(x)[0][0] - t).detach().numpy()[:, 0], rtol=1e-10)
    theirs = least_squares(residuals, start, method="lm", xtol=1e-12, ftol=1e-12)
    optimizer = LevenbergMarquardt(model, x, t)
    for _ in range(300):
        loss = optimizer.step()
    assert loss.item() == pytest.approx(2 * theirs.cost / 31, rel=0.05)


def test_tanh_networks() -> None:
    ours = TanhNetwork([2, 5, 3, 1], 0, 1)
    theirs = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 3), nn.Tanh(), nn.Linear(3, 1)).double()
    for number, (weight, bias) in enumerate(zip(ours.weights, ours.biases)):
        theirs[2 * number].weight.data, theirs[2 * number].bias.data = weight[0, 0].data, bias[0, 0].data
    x = doubles(1, 13, 2, seed=5)
    torch.testing.assert_close(ours(x)[0], theirs(x))
    theirs[0].bias.data = theirs[0].bias.data + 0.1
    assert not torch.allclose(ours(x)[0], theirs(x), atol=1e-3)
