"""Positions as waves of many lengths: the table, one rotation per offset, and the waves that a decoder uses."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.language.loss_by_length import TRAINED, losses, scheme_model, texts
from models.parameter_count import parameter_count
from models.position.rope import angles, frequencies, rotate
from models.position.scaled_rope import with_position
from models.position.similarity import cosines
from models.position.sinusoidal import HeldSinusoidal, sinusoidal_encoding, wavelengths
from models.seeding import generator, normal

PLACES = 64  # positions stepped through; the length of the learned table
EQUAL = 1e-3
WAVES = "sine and cosine"
FAR = 1024  # positions that the claims reach
DRAWS = 256
BANDS, TEXTS = 8, 8  # of the trained decoder's waves, and texts of the trained length to read

Table = Literal["sine and cosine", "square waves", "learned", "random"]
Half = Literal["longer half", "shorter half"]
At = Literal["their mean", "the middle position", "position 0"]
HELD_AT: Mapping[At, Tensor] = {
    "their mean": torch.arange(TRAINED), "the middle position": torch.tensor([TRAINED // 2]),
    "position 0": torch.tensor([0]),
}  # fmt: skip


class SinusoidalControls(Controls):
    table: Table = Field(
        "sine and cosine", title="Table", description="Learned: by a decoder trained on texts of 64 tokens, 128 wide"
    )
    width: Literal[16, 32, 64, 128] = Field(64, title="Width D")
    base: float = Field(10_000.0, ge=1, le=1_000_000, title="Base b", json_schema_extra={"log": True})
    offset: int = Field(8, ge=1, le=32, title="Offset k")
    held: Half = Field("longer half", title="Waves held", description="In the trained decoder, at one value")
    held_at: At = Field("their mean", title="Held at", description="The mean of 64 positions, or one of them")


class SinusoidalResult(NamedTuple):
    controls: SinusoidalControls
    table: Tensor  # (positions, D)
    waves: Tensor  # (D/2,) tokens per full wave
    turned: Tensor  # (draws, D) PE(p) rotated by k positions, for random p and k
    arrived: Tensor  # (draws, D) PE(p + k)
    bands: Tensor  # (BANDS,) extra loss of the decoder when one band of waves is held, nats per token
    half: float  # the same for the chosen half
    parameters: int
    notices: list[str]


def as_vectors(table: Tensor) -> Tensor:
    """(sin, cos) pairs to (cos, sin), so that a later position has a larger angle: (T, D) → (T, D)."""
    return torch.flatten(table.reshape(len(table), -1, 2).flip(-1), 1)


def encoding(controls: SinusoidalControls) -> Tensor:
    """The table (positions, D) of that kind; features 2i and 2i + 1 are a pair."""
    if controls.table == "learned":
        return scheme_model("learned").get_parameter("position.table")
    if controls.table == "random":
        return normal(FAR, controls.width, seed=controls.seed)
    waves = sinusoidal_encoding(torch.arange(FAR), controls.width, controls.base)
    return waves if controls.table == WAVES else waves.sign()


def trained_waves() -> Tensor:
    """Tokens per full wave of the trained decoder: (pairs,)."""
    return wavelengths(scheme_model("sinusoidal").embedding.weight.shape[1])


@memo
def loss_without(first: int, last: int, at: At, seed: int, device: str) -> float:
    """Nats per token within the trained length when waves first … last − 1 are held."""
    waves = torch.arange(len(trained_waves()))
    scheme = HeldSinusoidal((waves >= first) & (waves < last), HELD_AT[at]).to(device)
    model = with_position(scheme_model("sinusoidal", device), scheme)
    return losses(model, texts(seed, TEXTS, TRAINED).to(device)).mean().item()


@torch.inference_mode()
def run(controls: SinusoidalControls, device: str) -> SinusoidalResult:
    c, table = controls, encoding(controls).to(device)
    width = table.shape[-1]
    draws = generator(c.seed)
    last = len(table) - 1
    k = torch.cat([torch.full((PLACES // 2,), c.offset), torch.randint(1, last, (DRAWS,), generator=draws)])
    p = (torch.rand(len(k), generator=draws) * (last - k + 1)).long()
    angle = angles(k, frequencies(width, c.base)).to(device)
    pairs = len(trained_waves())
    whole = loss_without(0, 0, "their mean", c.seed, device)
    ends = torch.linspace(0, pairs, BANDS + 1).long().tolist()
    first, end = (pairs // 2, pairs) if c.held == "longer half" else (0, pairs // 2)
    return SinusoidalResult(
        controls=c,
        table=table,
        waves=wavelengths(width, c.base),
        turned=rotate(as_vectors(table[p]), angle),
        arrived=as_vectors(table[p + k]),
        bands=torch.tensor([loss_without(a, b, c.held_at, c.seed, device) - whole for a, b in pairwise(ends)]),
        half=loss_without(first, end, c.held_at, c.seed, device) - whole,
        parameters=parameter_count(scheme_model("sinusoidal")),
        notices=[f"Width and base: the learned table is {width} wide"] if c.table == "learned" else [],
    )


def measure(result: SinusoidalResult) -> Measurements:
    alike = cosines(result.table[:PLACES])
    apart = torch.cdist(result.table, result.table).fill_diagonal_(math.inf)
    error = (result.turned - result.arrived).abs().amax(dim=-1)
    costliest = result.bands.argmax().item() * len(trained_waves()) // BANDS
    return {
        "largest_rotation_error": error.max().item(),
        "closest_two_positions": apart.min().item(),
        "similarity_of_neighbours": alike.diagonal(1).mean().item(),
        "similarity_at_32_positions": alike.diagonal(32).mean().item(),
        "shortest_wave_tokens": result.waves[0].item(),
        "longest_wave_tokens": result.waves[-1].item(),
        "extra_loss_without_the_held_waves_nats": result.half,
        "waves_of_the_costliest_band_tokens": trained_waves()[int(costliest)].item(),
    }
