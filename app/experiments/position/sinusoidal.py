"""A place written as waves of many lengths: the table, one rotation for every offset, likeness by distance."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Experiment, Measurements
from app.experiments.position.sinusoidal_figures import PLACES, as_hands, draw, likeness
from models.language.loss_by_length import scheme_model
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


def encoding(controls: SinusoidalControls) -> Tensor:
    """The table (places, D) of that kind; features 2i and 2i + 1 are a pair."""
    if controls.table == "learned":
        return scheme_model("learned").get_parameter("position.table")
    if controls.table == "drawn":
        return normal(FAR, controls.width, seed=controls.seed)
    waves = sinusoidal_encoding(torch.arange(FAR), controls.width, controls.base)
    return waves if controls.table == "sine and cosine" else waves.sign()


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


def measure(result: SinusoidalResult) -> Measurements:
    alike = likeness(result.table)
    spreads = torch.stack([alike.diagonal(d).max() - alike.diagonal(d).min() for d in range(PLACES)])
    apart = torch.cdist(result.table, result.table).fill_diagonal_(math.inf)
    error = (result.turned - result.arrived).abs().amax(dim=-1)
    return {
        "largest_rotation_error": error.max().item(),
        "largest_spread_of_likeness": spreads.max().item(),
        "closest_two_places": apart.min().item(),
        "likeness_of_neighbours": alike.diagonal(1).mean().item(),
        "likeness_at_32_places": alike.diagonal(32).mean().item(),
        "shortest_wave_tokens": result.waves[0].item(),
        "longest_wave_tokens": result.waves[-1].item(),
        "waves_within_64_tokens_pairs": (result.waves <= PLACES).sum().item(),
    }


EXPERIMENT = Experiment(
    "sinusoidal-encoding",
    SinusoidalControls,
    run,
    measure,
    lambda result: draw(result, measure(result)),
)
