"""Discretisation, recurrence and kernel against scipy.signal, in float64 at odd sizes, with mutations to be caught."""

import numpy as np
import pytest
import torch
from scipy import signal, special

from models.seeding import generator
from models.statespace.discretization import RULES, stepped
from models.statespace.hippo import held_input, legendre, random_stable, window_hippo
from models.statespace.linear_ssm import kernel, recurrent

pytestmark = pytest.mark.parity

N, T, DELTA = 5, 23, 0.3
THEIRS = {"zero-order hold": "zoh", "bilinear": "bilinear", "forward Euler": "euler"}


def drawn(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """a, b and c (N,) complex, u (T,)."""
    draws = generator(seed)
    normal = lambda *shape: torch.randn(*shape, generator=draws, dtype=torch.double)
    a = torch.complex(-0.2 - normal(N).abs(), 2 * normal(N))
    return a, torch.complex(normal(N), normal(N)), torch.complex(normal(N), normal(N)), normal(T)


def theirs(a: torch.Tensor, b: torch.Tensor, rule: str) -> tuple[np.ndarray, np.ndarray]:
    """Ā and B̄ of scipy for a whole diagonal matrix."""
    system = (np.diag(a.numpy()), b.numpy()[:, None], np.ones((1, N)), np.zeros((1, 1)))
    found = signal.cont2discrete(system, DELTA, method=rule)
    return np.diag(found[0]), found[1][:, 0]


@pytest.mark.parametrize("rule", THEIRS)
def test_one_step(rule: str) -> None:
    a, b, _, _ = drawn(0)
    kept, taken = theirs(a, b, THEIRS[rule])
    step = RULES[rule](a, b, torch.tensor(DELTA, dtype=torch.double))
    np.testing.assert_allclose(step.kept.numpy(), kept, rtol=1e-9)
    np.testing.assert_allclose(step.taken.numpy(), taken, rtol=1e-9)
    others = [name for name in THEIRS if name != rule]
    assert all(np.abs(RULES[name](a, b, torch.tensor(DELTA)).kept.numpy() - kept).max() > 1e-2 for name in others)


def test_recurrence_and_kernel() -> None:
    """scipy's dlsim reads the state before it takes in the sample: one step behind ours."""
    a, b, c, u = drawn(1)
    step = RULES["zero-order hold"](a, b, torch.tensor(DELTA, dtype=torch.double))
    A = np.diag(step.kept.numpy())
    real = np.block([[A.real, -A.imag], [A.imag, A.real]])
    taken = np.concatenate([step.taken.numpy().real, step.taken.numpy().imag])[:, None]
    read = 2 * np.concatenate([c.numpy().real, -c.numpy().imag])[None]
    system = signal.dlti(real, taken, read, np.zeros((1, 1)), dt=DELTA)
    _, y, _ = signal.dlsim(system, np.append(u.numpy(), 0.0))
    np.testing.assert_allclose(recurrent(u[None], *step, c)[0].numpy(), y[1:, 0], rtol=1e-9, atol=1e-12)
    _, (response,) = signal.dimpulse(system, n=T + 1)
    np.testing.assert_allclose(kernel(*step, c, T).numpy(), response[1:, 0], rtol=1e-9, atol=1e-12)
    assert np.abs(recurrent(u[None], *step, c.conj())[0].numpy() - y[1:, 0]).max() > 1e-2
    assert np.abs(stepped(step, u).numpy()[0] - u[0].item() * step.taken.numpy()).max() < 1e-12


@pytest.mark.parametrize("system", [window_hippo(N), random_stable(N, 0)], ids=["HiPPO", "random"])
def test_the_hold_of_a_whole_matrix(system) -> None:
    found = signal.cont2discrete(
        (system.A.numpy(), system.B.numpy()[:, None], np.ones((1, N)), np.zeros((1, 1))), DELTA, method="zoh"
    )
    ours = held_input(system, DELTA)
    np.testing.assert_allclose(ours.A.numpy(), found[0], rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(ours.B.numpy(), found[1][:, 0], rtol=1e-8, atol=1e-12)
    assert np.abs(held_input(system._replace(A=system.A.T), DELTA).A.numpy() - found[0]).max() > 1e-2


def test_legendre_polynomials() -> None:
    age = np.linspace(0, 1, 13)
    expected = np.stack([(2 * n + 1) ** 0.5 * special.eval_legendre(n, 1 - 2 * age) for n in range(N)], axis=1)
    np.testing.assert_allclose(legendre(N, torch.from_numpy(age)).numpy(), expected, rtol=1e-6)
    assert np.abs(legendre(N, torch.from_numpy(1 - age)).numpy() - expected).max() > 1
