"""A place written as waves of many lengths: the table, one rotation for every offset, likeness by distance."""

import math
from functools import partial
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Experiment, Measurements
from app.experiments.position.rope import hand_points
from app.experiments.position.sinusoidal_figures import (
    EQUAL,
    PLACES,
    STARTS,
    WAVES,
    as_hands,
    draw,
    rows_of,
    shown_pairs,
    shown_places,
)
from app.tracing.origin import Drawn, Made, made
from models.language.loss_by_length import scheme_model
from models.position.likeness import cosines
from models.position.rope import angles, frequencies, rotate
from models.position.sinusoidal import sinusoidal_encoding, wavelengths
from models.seeding import generator, normal

FAR = 1024  # places that the claims reach
DRAWS = 256

Table = Literal["sine and cosine", "square waves", "learned", "drawn"]


class SinusoidalControls(Controls):
    table: Table = Field(
        "sine and cosine", title="Table", description="Learned: by a decoder trained on texts of 64 tokens, 128 wide"
    )
    width: Literal[16, 32, 64, 128] = Field(64, title="Width D")
    base: float = Field(10_000.0, ge=1, le=1_000_000, title="Base", json_schema_extra={"log": True})
    offset: int = Field(8, ge=1, le=32, title="Offset k")


class SinusoidalResult(NamedTuple):
    controls: SinusoidalControls
    table: Tensor  # (places, D)
    waves: Tensor  # (D/2,) tokens of a full wave
    turned: Tensor  # (draws, D) PE(p) turned by k places, for drawn p and k
    arrived: Tensor  # (draws, D) PE(p + k)
    notices: list[str]

    @property
    def alike(self) -> Tensor:
        """Cosine of every place of the window with every other: (PLACES, PLACES)."""
        return cosines(self.table[:PLACES])


def encoding(controls: SinusoidalControls) -> Tensor:
    """The table (places, D) of that kind; features 2i and 2i + 1 are a pair."""
    if controls.table == "learned":
        return scheme_model("learned").get_parameter("position.table")
    if controls.table == "drawn":
        return normal(FAR, controls.width, seed=controls.seed)
    waves = sinusoidal_encoding(torch.arange(FAR), controls.width, controls.base)
    return waves if controls.table == WAVES else waves.sign()


@torch.inference_mode()
def run(controls: SinusoidalControls, device: str) -> SinusoidalResult:
    table = encoding(controls).to(device)
    width = table.shape[-1]
    draws = generator(controls.seed)
    last = len(table) - 1
    k = torch.cat([torch.full((PLACES // 2,), controls.offset), torch.randint(1, last, (DRAWS,), generator=draws)])
    p = (torch.rand(len(k), generator=draws) * (last - k + 1)).long()
    turn = angles(k, frequencies(width, controls.base)).to(device)
    return SinusoidalResult(
        controls=controls,
        table=table,
        waves=wavelengths(width, controls.base),
        turned=rotate(as_hands(table[p]), turn),
        arrived=as_hands(table[p + k]),
        notices=[f"Width and base: the learned table is {width} wide"] if controls.table == "learned" else [],
    )


def spread_of_likeness(result: SinusoidalResult) -> float:
    """By how much two places at one distance differ in likeness, at most."""
    alike = result.alike
    return max((alike.diagonal(d).max() - alike.diagonal(d).min()).item() for d in range(PLACES))


def measure(result: SinusoidalResult) -> Measurements:
    alike, spread = result.alike, spread_of_likeness(result)
    apart = torch.cdist(result.table, result.table).fill_diagonal_(math.inf)
    error = (result.turned - result.arrived).abs().amax(dim=-1)
    return {
        "largest_rotation_error": error.max().item(),
        "largest_spread_of_likeness": spread,
        "closest_two_places": apart.min().item(),
        "likeness_of_neighbours": alike.diagonal(1).mean().item(),
        "likeness_at_32_places": alike.diagonal(32).mean().item(),
        "shortest_wave_tokens": result.waves[0].item(),
        "longest_wave_tokens": result.waves[-1].item(),
        "waves_within_64_tokens_pairs": (result.waves <= PLACES).sum().item(),
    }


def line_from(start: int, alike: Tensor) -> Tensor:
    return alike[start, start:PLACES]


def tips(steps: int, hands: Tensor) -> Tensor:
    """(T, D) at the points of the clocks that are shown: (steps, points, 2)."""
    shown = shown_pairs(hands.shape[1] // 2)
    return hand_points(hands[:steps].unflatten(1, (-1, 2))[:, shown].flatten(1))


def origins(result: SinusoidalResult) -> list[Drawn]:
    c, width = result.controls, result.table.shape[1]
    waves = c.table == WAVES
    table: Tensor | Made = result.table[: 2 * PLACES]
    if waves:
        table = made(sinusoidal_encoding, positions=torch.arange(2 * PLACES), width=width, base=c.base)
    alike, together = made(cosines, codes=table), spread_of_likeness(result) < EQUAL
    drawn = [Drawn("table", table, lambda t: rows_of(t[: shown_places(width // 2)]))]
    for number, start in enumerate(STARTS):  # after the broad line, if there is one: each line, then the dot at its end
        drawn.append(Drawn("likeness", alike, partial(line_from, start), trace=2 * number + together))
    if waves:
        hands = made(as_hands, table=table)
        theta = made(frequencies, head_width=width, base=c.base)
        angle = made(angles, positions=torch.tensor([c.offset]), theta=theta)
        for trace, shows in ((3, hands), (4, made(rotate, x=hands, angle=angle))):
            drawn.append(Drawn("turn", shows, partial(tips, PLACES - c.offset), trace, True, True, None))
    return drawn


EXPERIMENT = Experiment(
    "sinusoidal-encoding",
    SinusoidalControls,
    run,
    measure,
    lambda result: draw(result, measure(result)),
    origins=origins,
)
