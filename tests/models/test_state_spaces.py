"""Linear state space models: their forms, their discretisations and HiPPO, by hand and by what must be so."""

import math

import pytest
import torch

from models.data.early_cue import CUE_FROM, CUE_TO, DISTRACTORS, DISTRACTORS_FROM, STEPS, early_cue
from models.data.smooth_signals import smooth_signals
from models.data.tones import PITCHES, tones
from models.seeding import generator, normal, seeded
from models.statespace.discretization import RULES, both_ends, stepped, zero_order_hold
from models.statespace.hippo import (
    fourier,
    held_input,
    in_another_basis,
    legendre,
    memory,
    random_rotation,
    random_stable,
    scaled_hippo,
    window_hippo,
)
from models.statespace.linear_ssm import by_fft, by_fft_without_zeros, convolved, kernel, recurrent
from models.statespace.s4d import S4D
from models.statespace.single_mode import held_solution, smooth_input, smooth_solution


def test_a_kernel_by_hand() -> None:
    half, one = torch.tensor([0.5 + 0j]), torch.tensor([1 + 0j])
    torch.testing.assert_close(kernel(half, one, one, 4), torch.tensor([2.0, 1.0, 0.5, 0.25]))
    u = torch.tensor([[1.0, 0.0, 1.0]])
    torch.testing.assert_close(recurrent(u, half, one, one), torch.tensor([[2.0, 1.0, 2.5]]))


def test_the_forms_are_equal_and_so_are_their_gradients() -> None:
    u = normal(3, 29, seed=0).double()
    found = []
    for form in ("steps", "sum", "fft"):
        a = torch.complex(-torch.linspace(0.01, 0.4, 5), torch.linspace(0, 2, 5)).to(torch.cdouble).requires_grad_()
        c = normal(5, seed=1).to(torch.cdouble)
        step = zero_order_hold(a, torch.ones_like(a), torch.tensor(0.7, dtype=torch.double))
        K = kernel(*step, c, 29)
        y = recurrent(u, *step, c) if form == "steps" else (convolved if form == "sum" else by_fft)(u, K)
        found.append((y.detach(), torch.autograd.grad(y.square().sum(), a)[0]))
    for y, gradient in found[1:]:
        torch.testing.assert_close(y, found[0][0])
        torch.testing.assert_close(gradient, found[0][1])


def test_without_zeros_only_the_last_output_is_right() -> None:
    u, K = normal(2, 17, seed=0), normal(17, seed=1)
    off = (by_fft(u, K) - by_fft_without_zeros(u, K)).abs()
    assert off[:, -1].max() < 1e-5
    assert off[:, :-1].max(dim=0).values.min() > 1e-2


def test_the_layer_starts_as_the_paper_says_and_every_parameter_gets_a_gradient() -> None:
    layer = seeded(lambda: S4D(3, 4), 0).start()
    trace = layer.system(8)
    torch.testing.assert_close(trace.a[1], torch.complex(torch.full((4,), -0.5), math.pi * torch.arange(4)))
    assert (trace.delta > 0.001).all()
    assert (trace.delta < 0.1).all()
    layer(normal(2, 9, 3, seed=1))[0].square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in layer.parameters())


def test_one_step_of_every_rule_by_hand() -> None:
    a, b, delta = (torch.tensor([value], dtype=torch.double) for value in (-2.0, 3.0, 0.5))
    expected = {
        "zero-order hold": (math.exp(-1), (1 - math.exp(-1)) / 2 * 3),
        "bilinear": (0.5 / 1.5, 0.5 / 1.5 * 3),
        "forward Euler": (0.0, 1.5),
        "exact Ā, simple B̄": (math.exp(-1), 1.5),
    }
    for name, (kept, taken) in expected.items():
        step = RULES[name](a, b, delta)
        assert (step.kept.item(), step.taken.item()) == pytest.approx((kept, taken))
    u = torch.tensor([1.0, 3.0], dtype=torch.double)
    step = RULES["forward Euler"](a, b, delta)
    torch.testing.assert_close(stepped(step, u)[:, 0], torch.tensor([1.5, 4.5], dtype=torch.double))
    torch.testing.assert_close(both_ends(step, u)[:, 0], torch.tensor([0.75, 3.0], dtype=torch.double))


def test_the_solutions_solve_their_equation() -> None:
    a, time = -0.5 + 3j, torch.linspace(0.1, 6, 200, dtype=torch.double)
    slope = (smooth_solution(a, time + 1e-5) - smooth_solution(a, time - 1e-5)) / 2e-5
    torch.testing.assert_close(slope, a * smooth_solution(a, time) + smooth_input(time), atol=1e-8, rtol=1e-6)
    level = torch.ones(7, dtype=torch.double)
    at = 0.3 * torch.arange(1, 8, dtype=torch.double)
    torch.testing.assert_close(held_solution(a, level, 0.3), ((a * at).exp() - 1) / a + 0j, atol=1e-6, rtol=1e-5)


def test_a_polynomial_in_the_window_is_kept_exactly_enough() -> None:
    N, steps = 12, 400
    age = (torch.arange(steps) + 0.5) / steps
    rebuilt = memory(held_input(window_hippo(N), 1 / steps), 3 * steps)
    u = (1.5 * (torch.arange(3 * steps) + 0.5) / steps).cos().double()  # a slow wave, the newest sample first
    x = rebuilt @ u
    assert (legendre(N, age.double()) @ x - u[:steps]).abs().max() < 0.02


def test_the_matrices_are_stable_and_another_basis_has_the_same_eigenvalues() -> None:
    for system in (window_hippo(8), scaled_hippo(8), fourier(8), random_stable(8, 0), random_rotation(8, 0)):
        assert torch.linalg.eigvals(system.A).real.max() < -0.4
    same = lambda system: torch.linalg.eigvals(system.A).abs().sort().values
    torch.testing.assert_close(same(in_another_basis(window_hippo(8), 3)), same(window_hippo(8)), atol=1e-6, rtol=1e-6)


def test_what_is_planted() -> None:
    read = early_cue(200, generator(0))
    large = read.u.abs() > 0.5
    assert (large.sum(dim=1) == 1 + DISTRACTORS).all()
    assert not large[:, CUE_TO:DISTRACTORS_FROM].any()
    assert (read.cues >= CUE_FROM).all()
    assert ((read.u.gather(1, read.cues[:, None])[:, 0] > 0).long() == read.classes).all()
    assert read.u.shape == (200, STEPS)
    heard = tones(64, generator(0), 256)
    peak = torch.fft.rfft(heard.u).abs()[:, 1:].argmax(dim=1) + 1
    assert ((peak / torch.tensor(PITCHES)[heard.classes]).log2().abs() < 0.5).all()
    signals = smooth_signals(50, 400, 0.02, generator(0))
    assert 0.7 < signals.std() < 1.3
    assert torch.fft.rfft(signals).abs()[:, 20:].square().sum() < 0.02 * torch.fft.rfft(signals).abs().square().sum()
