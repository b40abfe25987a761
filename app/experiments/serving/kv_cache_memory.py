"""Bytes of a key/value cache: counted for real models, measured on small live ones."""

from typing import Literal, NamedTuple, get_args

import numpy as np
import torch
from pydantic import Field

from app.experiments.base import Controls, Experiment, Figure, Figures, Measurements
from models.attention.grouped_query import GroupedQueryAttention
from models.seeding import generator, seeded
from models.serving.kv_cache import KVCache, cache_bytes
from models.serving.model_shapes import SHAPES, ModelShape
from visualizers.agreement import agreement
from visualizers.curve import curves, mark_x
from visualizers.ranking import ranking
from visualizers.theme import INK_3, note

TOYS = 12
LENGTHS = 2 ** np.arange(7, 18)
GB = 1e9

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


class Toy(NamedTuple):
    """A small attention stack that ran, the bytes its cache held and the bytes that the formula says."""

    kind: str
    measured: int
    formula: int


class MemoryResult(NamedTuple):
    controls: MemoryControls
    toys: tuple[Toy, ...]


def toy(draws: torch.Generator, counted: str, device: str) -> Toy:
    """Layers of grouped-query attention of drawn sizes read a drawn text, in two parts, into a cache."""

    def pick(*choices: int) -> int:
        return choices[int(torch.randint(len(choices), (), generator=draws))]

    heads, head_width, layers, batch = pick(4, 8), pick(4, 8, 16), pick(1, 2, 3), pick(1, 2, 4)
    kv_heads = pick(1, heads // 2, heads)
    dtype = (torch.float32, torch.bfloat16)[pick(0, 1)]
    tokens, width = pick(6, 12, 24, 48), 16
    cache = KVCache(layers)
    x = torch.randn(batch, tokens, width, generator=draws).to(device, dtype)
    for layer in cache.layers:
        attention = seeded(lambda: GroupedQueryAttention(width, heads, kv_heads, head_width), 0, device).to(dtype)
        for part in torch.split(x, -(-tokens // 2), dim=1):
            attention(part, cache=layer)
    kind = "MHA" if kv_heads == heads else "MQA" if kv_heads == 1 else "GQA"
    in_formula = heads if counted == "query heads" else kv_heads
    return Toy(kind, cache.bytes(), cache_bytes(layers, in_formula, head_width, tokens, x.element_size(), batch))


def run(controls: MemoryControls, device: str) -> MemoryResult:
    draws = generator(controls.seed)
    with torch.inference_mode():
        return MemoryResult(controls, tuple(toy(draws, controls.counted, device) for _ in range(TOYS)))


def held(shape: ModelShape, controls: MemoryControls, tokens: int = 0, kv_heads: int | None = None) -> float:
    """Gigabytes of cache by the formula as the controls have it."""
    if kv_heads is None and controls.counted == "query heads":
        kv_heads = shape.heads
    return shape.cache_bytes(tokens or controls.tokens, controls.bits / 8, controls.batch, kv_heads) / GB


def measure(result: MemoryResult) -> Measurements:
    c = result.controls
    shape = SHAPES[c.model]
    cache, weights = held(shape, c), 2 * shape.parameters / GB
    return {
        "cache_gigabytes": cache,
        "cache_of_a_token_bytes": cache * GB / c.tokens / c.batch,
        "weights_gigabytes": weights,
        "cache_over_weights": cache / weights,
        "texts_until_the_cache_outweighs_the_weights": weights / (cache / c.batch),
        "times_smaller_than_one_key_a_head": held(shape, c, kv_heads=shape.heads) / cache,
        "largest_error_of_the_formula_bytes": max(abs(toy.measured - toy.formula) for toy in result.toys),
    }


def size(gigabytes: float) -> str:
    """2.68 GB, 38.7 GB, 1.2 TB, 566 MB."""
    for factor, unit in ((1e3, "TB"), (1.0, "GB"), (1e-3, "MB")):
        if gigabytes >= factor:
            return f"{gigabytes / factor:.3g} {unit}"
    return f"{gigabytes * 1e6:.3g} kB"


def draw(result: MemoryResult) -> Figures:
    measured = measure(result)
    return {"models": _models(result, measured), "growth": _growth(result, measured), "live": _live(result, measured)}


def _models(result: MemoryResult, measured: Measurements) -> Figure:
    c = result.controls
    shown = sorted((SHAPES[name] for name in get_args(Model)), key=lambda shape: -held(shape, c))
    cache = np.array([held(shape, c) for shape in shown])
    texts = f"{c.batch} texts" if c.batch > 1 else "one text"
    return Figure(
        title=f"Cache of {texts} of {c.tokens:,} tokens, {c.bits} bits a number",
        caption=(
            "{mark|Bars}: cache, each grid line ten times more. {ink|Uprights}: weights in 16 bits. Click a row to"
            " choose it."
        ),
        text=(
            f"{c.model} keeps {measured['cache_of_a_token_bytes']:,.0f} bytes a token,"
            f" {size(measured['cache_gigabytes'])} in all, beside {size(measured['weights_gigabytes'])} of weights;"
            f" with {measured['texts_until_the_cache_outweighs_the_weights']:.1f} such texts the cache weighs as much."
        ),
        plot=ranking(
            cache,
            np.array([2 * shape.parameters / GB for shape in shown]),
            labels=[f"{shape.name} · {shape.attention}" for shape in shown],
            written=[size(value) for value in cache],
            keys=[shape.name for shape in shown],
            x_title="GB",
            upright_name="weights in 16 bits, GB",
            picked=shown.index(SHAPES[c.model]),
            sets="model",
        ),
        height=300,
    )


def _growth(result: MemoryResult, measured: Measurements) -> Figure:
    c, shape = result.controls, SHAPES[result.controls.model]
    own = "latent" if shape.latent else f"{shape.kv_heads} (own)"
    lines: dict[str, int | None] = {own: None, "1 head": 1}
    if shape.latent or shape.kv_heads < shape.heads:
        lines = {f"{shape.heads} heads": shape.heads, **lines}
    drawn = curves(
        LENGTHS,
        {name: np.array([held(shape, c, int(tokens), heads) for tokens in LENGTHS]) for name, heads in lines.items()},
        x_title="tokens T",
        x_log=True,
        y_log=True,
        room=72,
    )
    drawn.update_xaxes(dtick=1, tickformat="~s", range=np.log10(LENGTHS[[0, -1]]).tolist()).update_yaxes(
        dtick=1, tickformat="~r"
    )
    weights = measured["weights_gigabytes"]
    line = {"color": INK_3, "width": 1, "dash": "dash"}
    drawn.add_shape(type="line", xref="paper", x0=0, x1=1, y0=weights, y1=weights, line=line)
    drawn.add_annotation(**note(0, np.log10(weights), "its weights", xref="paper", xanchor="left", yanchor="bottom"))
    mark_x(drawn, c.tokens, "T").layout.annotations[-1].x = np.log10(c.tokens)
    return Figure(
        title=f"{c.model} by length, GB",
        caption="The same model with other numbers of key/value heads; each grid line is ten times more.",
        text=(
            f"Its cache is {measured['times_smaller_than_one_key_a_head']:.3g} times smaller than with keys and values"
            f" for each of its {shape.heads} query heads."
        ),
        plot=drawn,
        height=240,
        half=True,
    )


def _live(result: MemoryResult, measured: Measurements) -> Figure:
    kinds = {
        kind: np.array([[toy.formula, toy.measured] for toy in result.toys if toy.kind == kind]).reshape(-1, 2).T
        for kind in ("MHA", "GQA", "MQA")
    }
    return Figure(
        title="Live models: bytes by formula",
        caption=(
            f"Measured on {TOYS} drawn shapes, {{c1|MHA}}, {{c2|GQA}} or {{c3|MQA}}. On the line the formula is exact."
        ),
        text=(
            "The formula misses the bytes of the live tensors by at most"
            f" {measured['largest_error_of_the_formula_bytes']:,.0f}."
        ),
        plot=agreement({kind: (x, y) for kind, (x, y) in kinds.items()}, x_title="bytes by the formula", unit="bytes"),
        height=240,
        half=True,
    )


EXPERIMENT = Experiment("kv-cache-memory", MemoryControls, run, measure, draw)
