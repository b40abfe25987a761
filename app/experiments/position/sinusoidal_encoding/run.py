"""A place written as waves of many lengths: the table, one rotation for every offset, likeness by distance."""

import math
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from models.language.loss_by_length import scheme_model
from models.position.rope import angles, frequencies, rotate
from models.position.similarity import cosines
from models.position.sinusoidal import sinusoidal_encoding, wavelengths
from models.seeding import generator, normal

PLACES = 64  # compared and stepped through; the length of the learned table
STARTS = (0, 16, 32, 48)
EQUAL = 1e-3
WAVES = "sine and cosine"


def shown_places(pairs: int) -> int:
    """Columns of the table that are drawn; fewer of many rows, since a figure may have 100 kB."""
    return PLACES if pairs > 32 else 2 * PLACES


def shown_pairs(pairs: int) -> Tensor:
    """Those that have a clock."""
    return torch.linspace(0, pairs - 1, min(8, pairs)).round().long()


def rows_of(table: Tensor) -> Tensor:
    """(T, D) → (R, T), even features over odd ones, with a gap: in their own order the waves drown in stripes."""
    gap = table.new_full((max(1, table.shape[1] // 32), len(table)), math.nan)
    return torch.cat([table[:, 0::2].T, gap, table[:, 1::2].T])


def as_hands(table: Tensor) -> Tensor:
    """(sin, cos) pairs to (cos, sin), so that a later place stands at a larger angle: (T, D) → (T, D)."""
    return torch.flatten(table.reshape(len(table), -1, 2).flip(-1), 1)


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
