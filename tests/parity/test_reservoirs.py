"""Reservoir and ridge readout against reservoirpy, in float64 at odd sizes."""

import numpy as np
import pytest
import torch
from reservoirpy import nodes

from models.recurrence.echo_state import reservoir_update, ridge_readout
from models.seeding import generator

pytestmark = pytest.mark.parity

N, D, T = 7, 3, 23


def drawn(seed: int) -> dict[str, torch.Tensor]:
    draws = generator(seed)
    double = lambda *shape: torch.randn(*shape, generator=draws, dtype=torch.double)
    return {"u": double(T, D), "w_in": double(N, 1 + D) * 1.5 / D**0.5, "w": double(N, N) * 1.5 / N**0.5}


def ours(u: torch.Tensor, w_in: torch.Tensor, w: torch.Tensor, alpha: float) -> torch.Tensor:
    x, states = torch.zeros(N, dtype=torch.double), []
    for step in u:
        x = reservoir_update(x, step, w_in, w, alpha)
        states.append(x)
    return torch.stack(states)


def theirs(u: torch.Tensor, w_in: torch.Tensor, w: torch.Tensor, alpha: float) -> torch.Tensor:
    node = nodes.Reservoir(lr=alpha, Win=w_in[:, 1:].numpy(), W=w.numpy(), bias=w_in[:, 0].numpy())
    return torch.from_numpy(np.asarray(node.run(u.numpy())))


@pytest.mark.parametrize("alpha", [1.0, 0.3])
def test_states(alpha: float) -> None:
    given = drawn(1)
    torch.testing.assert_close(ours(**given, alpha=alpha), theirs(**given, alpha=alpha))


@pytest.mark.parametrize(
    "mutation",
    [
        lambda g: g | {"w": g["w"].T.contiguous()},
        lambda g: g | {"w_in": torch.cat([torch.zeros(N, 1, dtype=torch.double), g["w_in"][:, 1:]], dim=1)},
    ],
    ids=["W transposed", "no bias"],
)
def test_a_mutation_is_caught(mutation) -> None:
    given = drawn(2)
    assert (ours(**mutation(given), alpha=0.7) - theirs(**given, alpha=0.7)).abs().max() > 0.1


def test_ridge_readout() -> None:
    draws = generator(3)
    features, y = (torch.randn(T, width, generator=draws, dtype=torch.double) for width in (N, D))
    node = nodes.Ridge(ridge=0.37, fit_bias=False)
    node.fit(features.numpy(), y.numpy())
    torch.testing.assert_close(ridge_readout(features, y, 0.37), torch.from_numpy(np.asarray(node.Wout).T))
    assert (ridge_readout(features, y, 0.0) - torch.from_numpy(np.asarray(node.Wout).T)).abs().max() > 1e-3
