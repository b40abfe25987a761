"""Weights of small networks drawn from their exact posterior by Hamiltonian Monte Carlo.

``python -m models.training.posterior_draws``; the reference beside which approximations are drawn. The points are the
same ones on every machine; one set of draws per activation.
"""

import time
from collections.abc import Mapping
from functools import lru_cache

import torch
from torch import Tensor

from models.bayesian import curve_network, hmc
from models.checkpoints import command, load_state, save
from models.data.noisy_curve import NOISE, NoisyPoints, noisy_points
from models.seeding import generator
from models.training.options import arguments
from models.training.recipes import Made

NAME = "posterior_draws"
UNITS = 50
POINTS, STRETCHES = 40, ((-1.6, -0.7), (0.6, 1.5))
GAP, BEYOND = (-0.45, 0.35), 2.1
"""The middle of the gap between the stretches, and from where on an input counts as outside them on both sides."""

CHAINS, ROUNDS, WARM_UP, LEAPS, FIRST_STEP = 16, 800, 400, 40, 0.008
KEPT = 512
"""Draws that are shipped per activation."""


def points() -> NoisyPoints:
    return noisy_points(POINTS, STRETCHES, generator(0))


def drawn(activation: str, rounds: int = ROUNDS, warm_up: int = WARM_UP) -> hmc.Draws:
    """Draws of θ / s, (N, C, K): in units of the prior's standard deviations all weights are of one size."""
    s, (x, y), draws = curve_network.prior_scales(UNITS), points(), generator(1)
    phi = curve_network.ACTIVATIONS[activation]

    def energy(z: Tensor) -> Tensor:
        f = curve_network.output(z * s, x, phi)
        return curve_network.data_cost(f, y, NOISE) + z.square().sum(-1) / 2

    start = torch.randn(CHAINS, len(s), generator=draws)
    return hmc.sampled(energy, start, draws, rounds=rounds, warm_up=warm_up, steps=LEAPS, epsilon=FIRST_STEP)


def places(inputs: Tensor) -> dict[str, Tensor]:
    """Which inputs lie inside the stretches of data, between them, and outside both."""
    inside = torch.stack([(inputs > low) & (inputs < high) for low, high in STRETCHES]).any(0)
    return {"inside": inside, "between": (inputs > GAP[0]) & (inputs < GAP[1]), "outside": inputs.abs() > BEYOND}


@torch.inference_mode()
def bands(draws: Mapping[str, Tensor]) -> dict[str, float]:
    """The mean band, which is the standard deviation of the curves, in each place; ``draws``: activation → θ (N, K)."""
    inputs = torch.linspace(-3, 3, 121)
    found = {}
    for name, theta in draws.items():
        band = curve_network.output(theta, inputs, curve_network.ACTIVATIONS[name]).std(0)
        found |= {
            f"{name}_{place}".replace(" ", "_"): band[where].mean().item() for place, where in places(inputs).items()
        }
    return found


def main() -> None:
    options = arguments(__doc__).parse_args()
    torch.set_num_threads(1)
    rounds = options.steps or ROUNDS
    state, told, began = {}, {}, time.perf_counter()
    inputs = torch.linspace(-3, 3, 121)
    for name in DRAWN:
        found = drawn(name, rounds, min(rounds, WARM_UP))
        theta = found.states * curve_network.prior_scales(UNITS)
        curves = curve_network.output(theta, inputs, curve_network.ACTIVATIONS[name])
        told[name] = {
            "accepted": round(found.accepted, 3),
            "largest_shrink_factor": round(hmc.shrink_factor(curves).max().item(), 3),
        }
        flat = theta.flatten(0, 1)
        state[name] = flat[:: max(1, len(flat) // KEPT)][:KEPT].half()
        print(name, told[name], f"{time.perf_counter() - began:.0f} s", flush=True)
    card = {
        "command": command(NAME), "seed": 1, "device": "cpu, one thread", "steps": rounds,
        "data": f"{POINTS} noisy points of one curve in two stretches, always the same",
        "architecture": {"units": UNITS, "chains": CHAINS, "leapfrog_steps": LEAPS}, "chains": told,
        "seconds": round(time.perf_counter() - began, 1), "parameters": 3 * UNITS + 1,
        "metrics": {key: round(value, 4) for key, value in bands({k: w.float() for k, w in state.items()}).items()},
    }  # fmt: skip
    save(NAME, state, card, options.out)
    print(card["metrics"], flush=True)


@lru_cache(maxsize=4)
def posterior(activation: str) -> Tensor:
    """Draws of all weights, (512, K), of the network with that activation; share them."""
    with torch.inference_mode(False):
        return load_state(NAME)[activation].float()


DRAWN = ("relu", "leaky relu", "tanh")
CHECKPOINTS = {NAME: Made(lambda: bands({name: posterior(name) for name in DRAWN}))}


if __name__ == "__main__":
    main()
