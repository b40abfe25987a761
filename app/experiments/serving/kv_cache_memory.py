"""Bytes of a key/value cache: counted for real models, measured on small live ones."""

import math
from collections.abc import Iterable
from functools import partial
from typing import Literal, NamedTuple, get_args

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Experiment, Figures, Measurements
from app.experiments.serving import kv_cache_memory_figures
from app.experiments.serving.kv_cache_memory_figures import GB, LENGTHS
from app.tracing.origin import Drawn, Made, made
from models.seeding import generator
from models.serving.kv_cache import cache_bytes
from models.serving.model_shapes import SHAPES, ModelShape, latent_cache_bytes
from models.serving.toy_caches import CacheSizes, ToyCache, toy_cache

TOYS = 12

Model = Literal[
    "GPT-3 175B",
    "Llama 2 7B",
    "Llama 2 70B",
    "Llama 3 8B",
    "Llama 3 70B",
    "Mistral 7B",
    "Mixtral 8×7B",
    "DeepSeek 67B",
    "DeepSeek-V2",
    "DeepSeek-V3",
]


class MemoryControls(Controls):
    model: Model = Field("Llama 3 70B", title="Model")
    tokens: int = Field(8192, ge=128, le=131_072, title="Tokens T of one text", json_schema_extra={"log": True})
    batch: int = Field(1, ge=1, le=256, title="Texts at once", json_schema_extra={"log": True})
    bits: Literal[16, 8, 4] = Field(16, title="Bits a number")
    counted: Literal["key/value heads", "query heads"] = Field("key/value heads", title="Heads in the formula")


class MemoryResult(NamedTuple):
    controls: MemoryControls
    toys: tuple[ToyCache, ...]
    held: dict[str, float]  # model → gigabytes of cache
    growth: dict[str, list[float]]  # key/value heads of the chosen model → gigabytes at each of LENGTHS
    with_a_key_a_head: float  # gigabytes of the chosen model if every query head had keys and values of its own


def held(shape: ModelShape, controls: MemoryControls, tokens: int = 0, kv_heads: int | None = None) -> float:
    """Gigabytes of cache by the formula as the controls have it."""
    if kv_heads is None and controls.counted == "query heads":
        kv_heads = shape.heads
    return shape.cache_bytes(tokens or controls.tokens, controls.bits / 8, controls.batch, kv_heads) / GB


def head_counts(shape: ModelShape) -> dict[str, int | None]:
    """Numbers of key/value heads to compare, the largest first; None is the model's own."""
    own: dict[str, int | None] = {"latent" if shape.latent else f"{shape.kv_heads} (own)": None, "1 head": 1}
    grouped = shape.latent or shape.kv_heads < shape.heads
    return {f"{shape.heads} heads": shape.heads, **own} if grouped else own


@torch.inference_mode()
def run(controls: MemoryControls, device: str) -> MemoryResult:
    c, draws, shape = controls, generator(controls.seed), SHAPES[controls.model]
    return MemoryResult(
        controls=c,
        toys=tuple(toy_cache(draws, c.counted == "query heads", device) for _ in range(TOYS)),
        held={name: held(SHAPES[name], c) for name in get_args(Model)},
        growth={name: [held(shape, c, T, heads) for T in LENGTHS] for name, heads in head_counts(shape).items()},
        with_a_key_a_head=held(shape, c, kv_heads=shape.heads),
    )


def measure(result: MemoryResult) -> Measurements:
    c = result.controls
    cache, weights = result.held[c.model], kv_cache_memory_figures.weights(SHAPES[c.model])
    return {
        "cache_gigabytes": cache,
        "cache_of_a_token_bytes": cache * GB / c.tokens / c.batch,
        "weights_gigabytes": weights,
        "cache_over_weights": cache / weights,
        "texts_until_the_cache_outweighs_the_weights": weights / (cache / c.batch),
        "times_smaller_than_one_key_a_head": result.with_a_key_a_head / cache,
        "largest_error_of_the_formula_bytes": max(abs(toy.measured - toy.formula) for toy in result.toys),
    }


def draw(result: MemoryResult) -> Figures:
    return kv_cache_memory_figures.draw(result, measure(result))


def bytes_made(shapes: list[ModelShape], kv_heads: list[int] | None, tokens: Tensor, c: MemoryControls) -> Made:
    """The bytes of each shape's cache, at one length, or of one shape at each; without heads, of a latent one."""

    def of(sizes: Iterable[int]) -> Tensor:
        return torch.tensor(list(sizes), dtype=torch.double)

    layers, rest = of(shape.layers for shape in shapes), {"bytes_per_value": c.bits / 8, "batch": float(c.batch)}
    if kv_heads is None:
        latent = of(shape.latent for shape in shapes)
        return made(latent_cache_bytes, layers=layers, latent=latent, tokens=tokens, **rest)
    width = of(shape.head_width for shape in shapes)
    return made(cache_bytes, layers=layers, kv_heads=of(kv_heads), head_width=width, tokens=tokens, **rest)


def heads_of(shape: ModelShape, c: MemoryControls) -> int | None:
    """What the formula is told; None where the cache is latent."""
    return shape.heads if c.counted == "query heads" else None if shape.latent else shape.kv_heads


def origins(result: MemoryResult) -> list[Drawn]:
    c, shown = result.controls, kv_cache_memory_figures.shown_models(result)
    drawn: list[Drawn] = []
    for latent in (False, True):
        rows = [row for row, shape in enumerate(shown) if (heads_of(shape, c) is None) == latent]
        if rows:
            shapes = [shown[row] for row in rows]
            heads = None if latent else [heads_of(shape, c) or 0 for shape in shapes]
            made_here = bytes_made(shapes, heads, torch.tensor(float(c.tokens)), c)
            drawn.append(Drawn("models", made_here, partial(_at_rows, rows, len(shown)), unit=1 / GB))
    shape, lengths = SHAPES[c.model], torch.tensor(LENGTHS, dtype=torch.double)
    for trace, count in enumerate(head_counts(shape).values()):
        told = heads_of(shape, c) if count is None else count
        growth = bytes_made([shape], None if told is None else [told], lengths, c)
        drawn.append(Drawn("growth", growth, trace=trace, unit=1 / GB))
    for trace, kind in enumerate(kv_cache_memory_figures.KINDS, start=1):
        if toys := [toy.sizes for toy in result.toys if toy.kind == kind]:
            sizes = torch.tensor(toys, dtype=torch.double).unbind(1)
            drawn.append(
                Drawn("live", made(cache_bytes, **dict(zip(CacheSizes._fields, sizes))), trace=trace, unit=None)
            )
    return drawn


def _at_rows(rows: list[int], count: int, values: Tensor) -> Tensor:
    return values.new_full((count,), math.nan).index_copy(0, torch.tensor(rows), values)


EXPERIMENT = Experiment("kv-cache-memory", MemoryControls, run, measure, draw, origins=origins)
