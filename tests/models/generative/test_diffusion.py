"""The diffusion equations against closed forms and against each other."""

import math
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.data.points import MIXTURE, RING
from models.generative.denoiser import denoising_loss, drop_labels, noise_predictor, trained_alpha_bar
from models.generative.diffusion import (
    ancestral_mean,
    ddim_step,
    ddpm_step,
    guided,
    implied_noise,
    mean_step,
    noise_from_velocity,
    posterior_mean,
    posterior_variance,
    predicted_x0,
    q_sample,
    q_step,
    reverse,
    velocity,
)
from models.generative.distances import energy_distance
from models.generative.mixtures import log_density, noise_mean, noised, sample
from models.generative.noise_schedule import (
    alpha_bars,
    cosine_betas,
    linear_betas,
    scaled_linear_betas,
    signal_to_noise,
    strided,
)
from models.generative.point_denoiser import PointDenoiser
from models.seeding import generator, normal, seeded

close = partial(torch.testing.assert_close, rtol=1e-9, atol=1e-9)
SCHEDULES = [linear_betas, cosine_betas, scaled_linear_betas]
levels = st.tuples(st.floats(0.01, 0.98), st.floats(0.0, 1.0)).map(lambda p: (p[0], p[0] + (1 - p[0]) * p[1]))


def doubles(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("T", [50, 1000])
def test_a_schedule_starts_with_data_and_only_loses(schedule, T):
    betas = schedule(T)
    level = alpha_bars(betas)
    assert level[0] == 1
    assert len(level) == T + 1
    assert ((betas > 0) & (betas < 1)).all()
    assert (level.diff() < 0).all()
    assert signal_to_noise(level)[0] == math.inf


def test_schedules_against_numpy():
    np.testing.assert_allclose(linear_betas(1000).numpy(), 1e-4 + np.arange(1000) / 999 * (0.02 - 1e-4), rtol=1e-12)
    t = np.arange(1001) / 1000
    f = np.cos((t + 0.008) / 1.008 * np.pi / 2) ** 2
    kept = alpha_bars(cosine_betas(1000)).numpy()
    np.testing.assert_allclose(kept[:-1], (f / f[0])[:-1], rtol=1e-9)  # only the last β is cut at 0.999


@pytest.mark.parametrize(
    ("schedule", "published"), [(linear_betas, 0.006353), (cosine_betas, 4.928e-5), (scaled_linear_betas, 0.068265)]
)
def test_what_the_last_step_leaves_is_as_published(schedule, published):
    assert alpha_bars(schedule(1000))[-1].sqrt().item() == pytest.approx(published, rel=1e-3)


@given(st.integers(1, 1000), st.integers(1, 1000))
def test_strides_fall_from_the_last_step_to_the_data(T, steps):
    if steps > T:
        with pytest.raises(ValueError, match="steps"):
            strided(T, steps)
        return
    times = strided(T, steps)
    assert (times[0], times[-1], len(times)) == (T, 0, steps + 1)
    assert all(t > s for t, s in pairwise(times))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_many_steps_are_one_jump_in_mean_and_variance(schedule):
    """Moments pushed through q_step exactly: the mean with no noise, the variance by its recursion."""
    betas = schedule(200)
    level = alpha_bars(betas)
    mean, variance = torch.ones((), dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    for t, beta in enumerate(betas, 1):
        gain = q_step(torch.ones_like(mean), beta, torch.zeros_like(mean))
        mean, variance = (
            gain * mean,
            gain**2 * variance + q_step(torch.zeros_like(mean), beta, torch.ones_like(mean)) ** 2,
        )
        close(mean, q_sample(torch.ones_like(mean), level[t], torch.zeros_like(mean)))
        close(variance, q_sample(torch.zeros_like(mean), level[t], torch.ones_like(mean)) ** 2)


def test_variance_one_stays_one():
    x = normal(20_000, seed=0)
    for t, beta in enumerate(linear_betas(50).tolist()):
        x = q_step(x, beta, normal(20_000, seed=t + 1))
    assert x.var().item() == pytest.approx(1, abs=0.05)


@settings(deadline=None)
@given(levels, st.integers(0, 99))
def test_clean_sample_noise_and_velocity_tell_each_other(pair, seed):
    a, _ = pair
    x0, noise = doubles(5, 3, seed=seed), doubles(5, 3, seed=seed + 1)
    x = q_sample(x0, a, noise)
    close(predicted_x0(x, noise, a), x0)
    close(implied_noise(x, x0, a), noise)
    close(noise_from_velocity(x, velocity(x0, noise, a), a), noise)


@settings(deadline=None)
@given(levels, st.integers(0, 99))
def test_the_two_forms_of_the_mean_agree(pair, seed):
    a, b = pair
    x, noise = doubles(5, 3, seed=seed), doubles(5, 3, seed=seed + 1)
    close(posterior_mean(x, predicted_x0(x, noise, a), a, b), ancestral_mean(x, noise, a, b))


@settings(deadline=None)
@given(levels)
def test_the_posterior_is_bayes(pair):
    """p(x_s | x_0) p(x_t | x_s) as a product of two Gaussians in x_s, by precision."""
    a, b = pair
    if not a + 1e-6 < b < 1 - 1e-6:
        return
    x0, x = doubles(4, seed=0), doubles(4, seed=1)
    beta = 1 - a / b
    precision = 1 / (1 - b) + (1 - beta) / beta
    mean = (b**0.5 * x0 / (1 - b) + (1 - beta) ** 0.5 * x / beta) / precision
    torch.testing.assert_close(posterior_mean(x, x0, a, b), mean, rtol=1e-6, atol=1e-6)
    assert posterior_variance(a, b) == pytest.approx(1 / precision, rel=1e-6)


@settings(deadline=None)
@given(levels, st.integers(0, 99))
def test_ddim_with_eta_one_is_ddpm(pair, seed):
    a, b = pair
    x, x0, fresh = (doubles(5, 3, seed=seed + i) for i in range(3))
    close(ddim_step(x, x0, fresh, a, b, eta=1.0), ddpm_step(x, x0, fresh, a, b))


@settings(deadline=None)
@given(levels)
def test_ddim_with_the_truth_lands_on_the_same_noise(pair):
    """Told the true x_0, a deterministic step moves x_t to x_s with the noise unchanged: the jump inverted."""
    a, b = pair
    x0, noise = doubles(5, seed=0), doubles(5, seed=1)
    close(ddim_step(q_sample(x0, a, noise), x0, doubles(5, seed=2), a, b), q_sample(x0, b, noise))


def test_guidance_at_its_three_landmarks():
    with_class, without = normal(4, 2, seed=0), normal(4, 2, seed=1)
    torch.testing.assert_close(guided(with_class, without, 1.0), with_class)
    torch.testing.assert_close(guided(with_class, without, 0.0), without)
    torch.testing.assert_close(guided(with_class, without, 3.0) - with_class, 2 * (with_class - without))


def test_the_predictor_asks_both_models_only_where_both_count():
    net = seeded(lambda: PointDenoiser(4), 0)
    label, x, alpha_bar = torch.tensor([0, 1, 2]), normal(3, 2, seed=0), trained_alpha_bar()
    ask = {scale: noise_predictor(net, label, scale, alpha_bar)(x, 500) for scale in (0.0, 0.5, 1.0, 2.0)}
    torch.testing.assert_close(ask[0.5], (ask[0.0] + ask[1.0]) / 2)
    torch.testing.assert_close(ask[2.0], 2 * ask[1.0] - ask[0.0])
    assert not torch.allclose(ask[0.0], ask[1.0])


def perfect(mixture, alpha_bar):
    return lambda x, t: noise_mean(mixture, x, alpha_bar[t].item())


@pytest.mark.parametrize("step", [ddim_step, ddpm_step], ids=["ddim", "ddpm"])
def test_a_perfect_denoiser_draws_the_data(step):
    alpha_bar = trained_alpha_bar()
    *_, last = reverse(
        perfect(RING, alpha_bar), normal(1500, 2, seed=0), alpha_bar, strided(1000, 100), step, generator(1)
    )
    assert energy_distance(last.x, sample(RING, 1500, generator(2))[0]).item() < 0.01
    assert last.t == 0
    torch.testing.assert_close(last.x, last.x0)


def test_without_its_noise_the_ancestral_step_loses_the_spread():
    alpha_bar = trained_alpha_bar()

    def silent(x, x0, fresh, a, b):
        return posterior_mean(x, x0, a, b)

    *_, last = reverse(
        perfect(MIXTURE, alpha_bar), normal(500, 2, seed=0), alpha_bar, strided(1000, 100), silent, generator(1)
    )
    assert last.x.std(0).max() < 0.1


def test_ddim_is_a_function_of_its_start():
    alpha_bar = trained_alpha_bar()
    ends = [
        list(
            reverse(
                perfect(RING, alpha_bar), normal(50, 2, seed=0), alpha_bar, strided(1000, 20), step, generator(seed)
            )
        )[-1].x
        for step in (ddim_step, ddpm_step)
        for seed in (1, 2)
    ]
    assert torch.equal(ends[0], ends[1])
    assert not torch.allclose(ends[2], ends[3])


def test_a_limit_holds_the_guess_and_the_noise_agrees_with_it():
    alpha_bar = trained_alpha_bar()
    walk = reverse(
        lambda x, t: 2 * x, normal(50, 2, seed=0), alpha_bar, strided(1000, 10), ddim_step, generator(0), limit=0.5
    )
    for stop in walk:
        assert stop.x0.abs().max() <= 0.5 + 1e-6
        if stop.t:
            torch.testing.assert_close(
                q_sample(stop.x0, alpha_bar[stop.t].item(), stop.noise), stop.x, rtol=1e-4, atol=1e-5
            )


def test_the_expected_noise_is_the_slope_of_the_density():
    x = doubles(30, 2, seed=0).float().requires_grad_()
    for a in (0.9, 0.3, 0.01):
        (slope,) = torch.autograd.grad(log_density(noised(MIXTURE, a), x).sum(), x)
        torch.testing.assert_close(noise_mean(MIXTURE, x, a), -((1 - a) ** 0.5) * slope, rtol=1e-4, atol=1e-5)


def test_the_loss_is_the_noise_loss_over_alpha_bar():
    net = seeded(lambda: PointDenoiser(4), 0)
    x0, noise, label, t = (
        normal(6, 2, seed=0),
        normal(6, 2, seed=1),
        torch.arange(6) % 4,
        torch.tensor([1, 200, 400, 600, 800, 950]),
    )
    alpha_bar = trained_alpha_bar().float()
    ours = denoising_loss(net, x0, label, t, noise, alpha_bar)
    for i in range(6):
        a = alpha_bar[t[i]].item()
        guess = noise_predictor(net, label[i : i + 1], 1.0, trained_alpha_bar())(
            q_sample(x0[i : i + 1], a, noise[i : i + 1]), int(t[i])
        )
        assert ours[i].item() == pytest.approx(((guess - noise[i]) ** 2).mean().item() / a, rel=1e-2)


def test_labels_are_dropped_at_the_asked_rate():
    dropped = drop_labels(torch.zeros(10_000, dtype=torch.long), 7, 0.15, generator(0))
    assert set(dropped.tolist()) == {0, 7}
    assert (dropped == 7).float().mean().item() == pytest.approx(0.15, abs=0.02)


def test_a_step_without_noise_is_the_mean_of_the_step_with_it() -> None:
    x, x0, fresh = normal(3, 5, 2, seed=41).unbind()
    expected = (ddpm_step(x, x0, fresh, 0.3, 0.6) + ddpm_step(x, x0, -fresh, 0.3, 0.6)) / 2
    torch.testing.assert_close(mean_step(x, x0, fresh, 0.3, 0.6), expected)
    assert torch.equal(mean_step(x, x0, fresh, 0.3, 0.6), mean_step(x, x0, -fresh, 0.3, 0.6))
