"""An energy learned in the plane by chains that roll on it, beside the density that the data really has."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.live_training import Progress, training
from models.generative.energy_model import EnergyModel, contrast, grid_probabilities
from models.generative.mixtures import Mixture, log_density, mode_shares, responsibilities, ring, sample, two_modes
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.seeding import generator, seeded

BATCH, RATE, SNAPSHOTS = 256, 0.01, 12
REACH, CELLS, COARSE = 4.0, 80, 10
"""The plane is −4 to 4 both ways, in 80 × 80 cells; samples are counted in 8 × 8 squares of ten cells each."""

TRIED, LONGER = 1000, 50
"""Chains that are measured, from noise, and how many times longer than in training they roll on."""

Shape = Literal["three valleys", "two valleys", "ring of 5"]


class ValleysControls(Controls):
    shape: Shape = Field("three valleys", title="Data")
    chains: Literal["go on", "restart from noise"] = Field(
        "go on", title="At each update the chains", description="Those that go on are called persistent"
    )
    steps: int = Field(10, ge=2, le=20, title="Langevin steps per update")
    step: float = Field(0.15, ge=0.05, le=0.4, multiple_of=0.05, title="Step of a chain ε")
    arrangement: Literal["256 chains, every update", "512 chains, every other update"] = Field(
        "256 chains, every update", title="How many chains, rolled when"
    )
    updates: Literal[200, 400, 600] = Field(400, title="Updates of the energy", json_schema_extra=MORE)


class Snapshot(NamedTuple):
    energy: Tensor  # (CELLS²,) on the grid
    chains: Tensor  # (C, 2)


class ValleysResult(NamedTuple):
    controls: ValleysControls
    mixture: Mixture
    model: EnergyModel
    progress: Progress[Snapshot]
    true: Tensor  # (CELLS²,) probability of each cell
    learned: Tensor  # (CELLS²,) from the newest energies
    distances: Tensor  # (S,) total variation at each snapshot
    short: Tensor  # (TRIED, 2) points of chains as long as in training
    long: Tensor  # (TRIED, 2) the same chains later
    independent: Tensor  # (TRIED, 2) points of the true density
    parameters: int


def mixture_of(shape: Shape) -> Mixture:
    if shape == "two valleys":
        return two_modes(3.0, 0.3, 0.4)
    if shape == "ring of 5":
        return ring(5, 2.0, 0.35)
    means = torch.tensor([[-1.2, -0.6], [1.2, -0.6], [0.0, 1.3]])
    return Mixture(torch.tensor([0.5, 0.3, 0.2]), means, torch.full((3,), 0.4**2))


def grid() -> Tensor:
    """Middles of the cells (CELLS², 2), rows of one y."""
    places = REACH * (2 * torch.arange(CELLS) + 1 - CELLS) / CELLS  # (CELLS,)
    return torch.cartesian_prod(places, places).flip(-1)


def coarse(p: Tensor) -> Tensor:
    """Probabilities of the cells, added up in squares of ``COARSE``².  (…, CELLS²) → (…, squares)"""
    side = CELLS // COARSE
    return p.view(*p.shape[:-1], side, COARSE, side, COARSE).sum((-3, -1)).flatten(-2)


def counted(points: Tensor) -> Tensor:
    """Share of the points in each square; those outside the plane count in the nearest.  (P, 2) → (squares,)"""
    side = CELLS // COARSE
    at = ((points.nan_to_num(0.0) + REACH) * side / (2 * REACH)).long().clamp(0, side - 1)  # (P, 2)
    return torch.bincount(at[:, 1] * side + at[:, 0], minlength=side**2) / len(points)


def run(controls: ValleysControls, device: str) -> Iterator[ValleysResult]:
    """On the CPU whatever the device: 2,500 parameters keep no other one busy."""
    c = controls
    mixture, cells, draws = mixture_of(c.shape), grid(), generator(c.seed)
    model = seeded(EnergyModel, c.seed)
    optimizer = torch.optim.Adam(model.parameters(), RATE, betas=(0.5, 0.9), fused=True)
    count, every = (256, 1) if c.arrangement.startswith("256") else (512, 2)
    true = log_density(mixture, cells).softmax(-1)
    noise = lambda N: model.bowl * torch.randn(N, 2, generator=draws)
    chains, taken = noise(count), 0

    def step() -> None:
        nonlocal chains, taken
        if taken % every == 0:
            if c.chains == "restart from noise":
                chains = noise(count)
            chains = model.roll(chains, c.steps, c.step, draws)
        optimizer.param_groups[0]["lr"] = RATE * (1 - taken / c.updates)
        data, _ = sample(mixture, BATCH, draws)
        optimizer.zero_grad()
        contrast(model(data)[0], model(chains)[0]).backward()
        optimizer.step()
        taken += 1

    @torch.no_grad()
    def evaluate() -> Snapshot:
        return Snapshot(model(cells)[0], chains)

    tried = generator(c.seed + 1)
    independent, _ = sample(mixture, TRIED, tried)
    for progress in training(step, evaluate, c.updates, SNAPSHOTS):
        learned = grid_probabilities(torch.stack([one.energy for one in progress.snapshots]))  # (S, CELLS²)
        short = long = progress.newest.chains
        if progress.done:
            short = model.roll(model.bowl * torch.randn(TRIED, 2, generator=tried), c.steps, c.step, tried)
            long = model.roll(short, LONGER * c.steps, c.step, tried)
        yield ValleysResult(
            c, mixture, model, progress, true, learned[-1], total_variation(learned, true), short, long, independent,
            parameter_count(model),
        )  # fmt: skip


def measure(result: ValleysResult) -> Measurements:
    true, mixture = coarse(result.true), result.mixture
    done = result.progress.done
    far = lambda points: total_variation(counted(points), true).item() if done else float("nan")
    heaviest = int(mixture.weights.argmax())
    share = (result.learned[:, None] * responsibilities(mixture, grid())).sum(0)[heaviest].item()
    return {
        "total_variation": result.distances[-1].item(),
        "total_variation_of_short_chains": far(result.short),
        "total_variation_of_long_chains": far(result.long),
        "total_variation_of_independent_draws": far(result.independent),
        "points_at_a_mode_percent": 100 * mode_shares(mixture, result.short).sum().item() if done else float("nan"),
        "heaviest_learned_percent": 100 * share,
        "heaviest_true_percent": 100 * mixture.weights[heaviest].item(),
    }
