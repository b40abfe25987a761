"""Two networks play in the plane, in several games at once; the discriminator alone against the best one."""

import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.generative.two_players.discriminator_alone import (
    AHEAD,
    Frozen,
    Gradients,
    Ratio,
    equal_of,
    frozen_of,
    gradients_of,
)
from app.experiments.generative.two_players.games import (
    PARTS,
    STEPS,
    Loss,
    Rules,
    Shape,
    covered,
    first_game,
    games,
    layers,
    material,
    mixture_of,
)
from app.experiments.live_training import PAUSE_SECONDS
from app.experiments.points import Points
from models.generative.adversarial import Players
from models.generative.mixtures import Mixture
from models.parameter_count import parameter_count


class TwoPlayersControls(Controls):
    shape: Shape = Field("ring of 8", title="Data")
    own: Points = Field("", title="Own modes", description="A click puts a group there instead, in either colour")
    loss: Loss = Field("non-saturating", title="Generator’s loss")
    stopped: int = Field(STEPS, ge=0, le=STEPS, multiple_of=100, title="Discriminator learns until step")
    generator_rate: float = Field(
        0.002, ge=0.0002, le=0.02, title="Rate of the generator", json_schema_extra={"log": True}
    )
    discriminator_rate: float = Field(
        0.004, ge=0.0002, le=0.02, title="Rate of the discriminator", json_schema_extra={"log": True}
    )
    ratio: Ratio = Field("1 real : 1 generated", title="Batch of the frozen test", json_schema_extra=MORE)
    ahead: Literal[0, 25, 50, 100, 200, 300, 400, 600] = Field(
        300, title="Discriminator trained ahead, steps", json_schema_extra=MORE
    )


class TwoPlayersResult(NamedTuple):
    controls: TwoPlayersControls
    mixture: Mixture
    real: Tensor  # (POOL, 2) of the first game
    noise: Tensor  # (POOL, 2)
    start: list[Tensor]  # weights and biases of the first generator, then of its discriminator, layer by layer
    both: Players  # of the first game
    generated: Tensor  # (HELD_OUT, 2) now, by the first game
    part: int  # of the training, done
    shares: Tensor  # (part + 1, GAMES, K) of held-out generated points at each mode, after each part
    frozen: Frozen | None  # once the training is over
    equal: Frozen | None
    gradients: Gradients | None
    parameters: int

    @property
    def step(self) -> int:
        return self.part * STEPS // PARTS

    @property
    def covered(self) -> Tensor:
        """Modes that each game covered after each part.  (part + 1, GAMES)"""
        return covered(self.mixture, self.shares)


def run(controls: TwoPlayersControls, device: str) -> Iterator[TwoPlayersResult]:
    """On the CPU whatever the device: five times 2,400 parameters keep no other one busy."""
    c = controls
    rules = Rules(c.shape, c.own, c.loss, c.stopped, c.generator_rate, c.discriminator_rate, c.seed)
    mixture, (real, noise, tried) = mixture_of(c.shape, c.own), material(c.shape, c.own, c.seed)
    untrained = games(rules, 0)
    shares = [untrained.shares]
    beginning = first_game(untrained.both)
    start = [*layers(beginning.generator), *layers(beginning.discriminator)]
    given = -PAUSE_SECONDS
    for part in range(1, PARTS + 1):
        now, done = games(rules, part), part == PARTS
        shares.append(now.shares)
        if done or time.perf_counter() - given > PAUSE_SECONDS:
            both = first_game(now.both)
            with torch.no_grad():
                generated = both.generate(tried[0])
            yield TwoPlayersResult(
                c, mixture, real[0], noise[0], start, both, generated, part, torch.stack(shares),
                frozen_of(c.seed, c.ratio) if done else None, equal_of(c.seed, c.ratio) if done else None,
                gradients_of(c.seed) if done else None, parameter_count(both),
            )  # fmt: skip
            given = time.perf_counter()


def measure(result: TwoPlayersResult) -> Measurements:
    shares, each, missing = result.shares[-1, 0], result.covered[-1].double(), float("nan")
    with torch.no_grad():
        on_real = result.both.judge(result.real).sigmoid().mean().item()
        on_generated = result.both.judge(result.generated).sigmoid().mean().item()
    frozen, equal, gradients = result.frozen, result.equal, result.gradients
    lengths, at = [missing] * 2, AHEAD.index(result.controls.ahead)
    if gradients is not None:
        lengths = [one[at].item() for one in gradients]
    return {
        "modes": len(shares),
        "mean_modes_covered": each.mean().item(),
        "fewest_modes_covered": each.min().item(),
        "most_modes_covered": each.max().item(),
        "modes_covered": each[0].item(),
        "points_at_a_mode_percent": 100 * shares.sum().item(),
        "mean_d_of_real_points": on_real,
        "mean_d_of_generated_points": on_generated,
        "error_of_frozen_discriminator": missing if frozen is None else _error(frozen),
        "error_at_equal_densities": missing if equal is None else _error(equal),
        "mean_d_at_equal_densities": missing if equal is None else equal.learned.mean().item(),
        "gradient_of_non_saturating_loss": lengths[0],
        "gradient_of_saturating_loss": lengths[1],
        "ratio_of_gradients": lengths[0] / lengths[1],
        "discriminator_ahead_steps": result.controls.ahead,
    }


def _error(found: Frozen) -> float:
    """Mean distance of a learned D from the best one."""
    return (found.learned - found.best).abs().mean().item()
