"""Schedules and steps against diffusers' schedulers; a changed rule is caught."""

from itertools import pairwise

import diffusers
import pytest
import torch

from models.generative.diffusion import ddim_step, ddpm_step, ddpm_step_beta, predicted_x0, q_sample, velocity
from models.generative.noise_schedule import alpha_bars, cosine_betas, linear_betas, scaled_linear_betas, strided
from models.seeding import generator

pytestmark = pytest.mark.parity

SCHEDULES = {
    "linear": (linear_betas, {"beta_start": 1e-4, "beta_end": 0.02}),
    "scaled_linear": (scaled_linear_betas, {"beta_start": 0.00085, "beta_end": 0.012}),
    "squaredcos_cap_v2": (cosine_betas, {}),
}
T = 1000


def draws(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


def theirs(kind: str, schedule: str, **more: object):
    ends = SCHEDULES[schedule][1]
    return getattr(diffusers, kind)(num_train_timesteps=T, beta_schedule=schedule, clip_sample=False, **ends, **more)


def close(ours: torch.Tensor, other: torch.Tensor) -> None:
    torch.testing.assert_close(ours, other.to(ours), atol=5e-5, rtol=1e-3)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules(schedule):
    ours = alpha_bars(SCHEDULES[schedule][0](T))
    close(ours[1:], theirs("DDPMScheduler", schedule).alphas_cumprod)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_jump_and_the_velocity(schedule):
    scheduler, level = theirs("DDPMScheduler", schedule), alpha_bars(SCHEDULES[schedule][0](T))
    x0, noise = draws(3, 5, seed=0), draws(3, 5, seed=1)
    for t in (1, 500, 990):
        index = torch.tensor([t - 1] * 3)  # diffusers counts its steps from 0
        close(q_sample(x0, level[t], noise), scheduler.add_noise(x0, noise, index))
        close(velocity(x0, noise, level[t]), scheduler.get_velocity(x0, noise, index))


@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("schedule", ["linear", "scaled_linear"])
def test_ddim_over_strides(schedule, eta):
    scheduler, level = (
        theirs("DDIMScheduler", schedule, timestep_spacing="trailing"),
        alpha_bars(SCHEDULES[schedule][0](T)),
    )
    scheduler.set_timesteps(10)
    times = strided(T, 10)
    assert [t - 1 for t in times[:-1]] == scheduler.timesteps.tolist()
    for t, s in pairwise(times):
        x, noise, fresh = (draws(3, 5, seed=i) for i in range(3))
        a, b = level[t].item(), level[s].item()
        ours = ddim_step(x, predicted_x0(x, noise, a), fresh, a, b, eta)
        close(ours, scheduler.step(noise, t - 1, x, eta=eta, variance_noise=fresh).prev_sample) if s else None


@pytest.mark.parametrize(("variance", "step"), [("fixed_small", ddpm_step), ("fixed_large", ddpm_step_beta)])
def test_ddpm(variance, step, monkeypatch):
    scheduler, level = theirs("DDPMScheduler", "linear", variance_type=variance), alpha_bars(linear_betas(T))
    fresh = draws(3, 5, seed=2)
    monkeypatch.setattr("diffusers.schedulers.scheduling_ddpm.randn_tensor", lambda *a, **k: fresh)
    for t in (2, 300, 1000):
        x, noise = draws(3, 5, seed=0), draws(3, 5, seed=1)
        a, b = level[t].item(), level[t - 1].item()
        expected = scheduler.step(noise, t - 1, x).prev_sample
        close(step(x, predicted_x0(x, noise, a), fresh, a, b), expected)
        other = ddpm_step if step is ddpm_step_beta else ddpm_step_beta
        if t == 2:  # where the two variances differ most
            with pytest.raises(AssertionError):
                close(other(x, predicted_x0(x, noise, a), fresh, a, b), expected)
