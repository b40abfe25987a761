"""Uneven steps back against diffusers' DDPM scheduler with a list of steps; the fixed stride is caught."""

import diffusers
import pytest
import torch

from models.generative.diffusion import ddpm_step, predicted_x0
from models.generative.exact_reverse import fixed_stride, uneven
from models.generative.noise_schedule import alpha_bars, linear_betas
from models.seeding import generator

pytestmark = pytest.mark.parity
T, STEPS = 100, 10
BETAS = linear_betas(T, 1e-3, 0.2)


def test_uneven_steps_with_the_smaller_variance(monkeypatch):
    scheduler = diffusers.DDPMScheduler(T, trained_betas=BETAS.numpy(), variance_type="fixed_small", clip_sample=False)
    times, level = uneven(T, STEPS), alpha_bars(BETAS)
    scheduler.set_timesteps(timesteps=[t - 1 for t in times[:-1]])  # diffusers counts its steps from 0
    x, noise, fresh = torch.randn(3, 5, 2, generator=generator(0), dtype=torch.float64)
    monkeypatch.setattr("diffusers.schedulers.scheduling_ddpm.randn_tensor", lambda *a, **k: fresh)
    caught = 0
    for t, s, wrong in zip(times, times[1:], fixed_stride(times), strict=False):
        expected = scheduler.step(noise, t - 1, x).prev_sample
        ours = [
            ddpm_step(x, predicted_x0(x, noise, level[t]), fresh, level[t].item(), level[b].item()) for b in (s, wrong)
        ]
        torch.testing.assert_close(ours[0], expected, atol=1e-4, rtol=1e-3)
        caught += not torch.allclose(ours[1], expected, atol=1e-2)
    assert caught >= STEPS - 2
