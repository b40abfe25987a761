"""The three figures of cache memory: beside the weights, by the length of the text, and measured on live tensors."""

import math
from collections.abc import Iterable
from functools import partial

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.serving.kv_cache_memory.run import (
    COPIES,
    GB,
    LENGTHS,
    MemoryControls,
    MemoryResult,
    head_counts,
    weight_gigabytes,
)
from app.number_format import number
from app.provenance.origin import Computed, Plotted, computed
from models.published.cache import latent_cache_bytes, tokens_held
from models.published.configs import CONFIGS, ModelConfig
from models.serving.kv_cache import cache_bytes
from models.serving.toy_caches import CacheSizes
from visualizers.curve import curves, mark_x
from visualizers.measured_vs_formula import measured_vs_formula
from visualizers.ranking import ranking
from visualizers.theme import INK_3, note

KINDS = ("MHA", "GQA", "MQA")


def size(gigabytes: float) -> str:
    """2.68 GB, 38.7 GB, 1.2 TB, 566 MB."""
    for factor, unit in ((1e3, "TB"), (1.0, "GB"), (1e-3, "MB")):
        if gigabytes >= factor:
            return f"{gigabytes / factor:.3g} {unit}"
    return f"{gigabytes * 1e6:.3g} kB"


def shown_models(result: MemoryResult) -> list[ModelConfig]:
    """The largest cache first."""
    return [CONFIGS[name] for name in sorted(result.held, key=lambda name: -result.held[name])]


def figures(result: MemoryResult, metrics: Measurements) -> Figures:
    return {"models": _models(result, metrics), "growth": _growth(result, metrics), "live": _live(result, metrics)}


def _models(result: MemoryResult, metrics: Measurements) -> Figure:
    c = result.controls
    shown = shown_models(result)
    cache = np.array([result.held[shape.name] for shape in shown])
    texts = f"{c.batch} texts" if c.batch > 1 else "one text"
    windowed = metrics["tokens_held_per_layer"] < c.tokens
    return Figure(
        title=f"Cache of {texts} of {number(c.tokens)} tokens, {c.bits} bits per number",
        caption=(
            "{mark|Bars}: cache; each grid line is ten times more. {ink|Vertical lines}: weights in 16 bits. Click a"
            " row to choose it."
        ),
        text=(
            f"{c.model} keeps {size(metrics['cache_gigabytes'])}, beside"
            f" {size(metrics['weights_gigabytes'])} of weights."
            + (f" Windows leave {number(metrics['tokens_held_per_layer'])} tokens per layer." if windowed else "")
        ),
        plot=ranking(
            cache,
            np.array([weight_gigabytes(shape) for shape in shown]),
            labels=[f"{shape.name} · {shape.attention}{' · window' if shape.window else ''}" for shape in shown],
            written=[size(value) for value in cache],
            keys=[shape.name for shape in shown],
            x_title="GB",
            marker_name="weights in 16 bits, GB",
            picked=shown.index(CONFIGS[c.model]),
            sets="model",
            left=172,
        ),
        height=320,
        sources=_sources_of_models(result, shown),
    )


def _sources_of_models(result: MemoryResult, shown: list[ModelConfig]) -> list[Plotted]:
    """The bars, by either formula: that of keys and values, and that of latent vectors."""
    c, sources = result.controls, []
    for latent in (False, True):
        rows = [row for row, shape in enumerate(shown) if (heads_of(shape, c) is None) == latent]
        if rows:
            shapes = [shown[row] for row in rows]
            heads = None if latent else [heads_of(shape, c) or 0 for shape in shapes]
            tokens = torch.tensor([tokens_held(shape, c.tokens) for shape in shapes], dtype=torch.double)
            held = computed_bytes(shapes, heads, tokens, c)
            sources.append(Plotted(held, partial(_at_rows, rows, len(shown)), trace="values", unit=1 / GB))
    return sources


def _growth(result: MemoryResult, metrics: Measurements) -> Figure:
    c, shape = result.controls, CONFIGS[result.controls.model]
    drawn = curves(
        np.array(LENGTHS),
        {name: np.array(line) for name, line in result.growth.items()},
        x_title="tokens T",
        x_log=True,
        y_log=True,
        room=72,
    )
    drawn.update_xaxes(dtick=1, tickformat="~s", range=[math.log10(LENGTHS[0]), math.log10(LENGTHS[-1])]).update_yaxes(
        dtick=1, tickformat="~r"
    )
    own = metrics["weights_gigabytes"]
    line = {"color": INK_3, "width": 1, "dash": "dash"}
    drawn.add_shape(type="line", xref="paper", x0=0, x1=1, y0=own, y1=own, line=line)
    drawn.add_annotation(**note(0, math.log10(own), "its weights", xref="paper", xanchor="left", yanchor="bottom"))
    mark_x(drawn, c.tokens, "T").layout.annotations[-1].x = math.log10(c.tokens)
    lengths = torch.tensor([tokens_held(shape, T) for T in LENGTHS], dtype=torch.double)
    sources = []
    for name, count in head_counts(shape).items():
        heads = heads_of(shape, c) if count is None else count
        held = computed_bytes([shape], None if heads is None else [heads], lengths, c)
        sources.append(Plotted(held, trace=name, unit=1 / GB))
    return Figure(
        title=f"{c.model} by length, GB",
        caption="The same model with other numbers of key/value heads. Each grid line is ten times more.",
        text=(
            f"Its cache is {metrics['times_smaller_than_one_key_per_head']:.3g} times smaller than with keys and values"
            f" for each of its {shape.heads} query heads."
        ),
        plot=drawn,
        height=240,
        half=True,
        sources=sources,
    )


def _live(result: MemoryResult, metrics: Measurements) -> Figure:
    groups = {kind: [toy for toy in result.toys if toy.kind == kind] for kind in KINDS}
    if result.real:
        groups[result.controls.model] = list(result.real)
    points = {
        kind: np.array([[toy.formula, toy.measured] for toy in toys]).reshape(-1, 2).T for kind, toys in groups.items()
    }
    sources = []
    for kind, toys in groups.items():
        if toys:
            sizes = torch.tensor([toy.sizes for toy in toys], dtype=torch.double).unbind(1)
            formula = computed(cache_bytes, **dict(zip(CacheSizes._fields, sizes, strict=True)))
            sources.append(Plotted(formula, trace=kind, unit=None))
    return Figure(
        title="Live models: bytes measured, by the formula’s bytes",
        caption=(
            f"{len(result.toys)} small attention stacks of random sizes: {{c1|MHA}}, {{c2|GQA}} or {{c3|MQA}}. On the"
            " line the formula is exact."
            + (f" {{c4|{result.controls.model}}} itself, with its weights, as it reads." if result.real else "")
        ),
        text=(
            "The bytes of the live tensors differ from the formula by at most"
            f" {number(metrics['largest_error_of_the_formula_bytes'])}."
        ),
        plot=measured_vs_formula(
            {kind: (x, y) for kind, (x, y) in points.items()}, x_title="bytes by the formula", unit="bytes"
        ),
        height=240,
        half=True,
        sources=sources,
    )


def computed_bytes(
    shapes: list[ModelConfig], kv_heads: list[int] | None, tokens: Tensor, c: MemoryControls
) -> Computed:
    """Bytes of each shape's cache, or of one shape at each length; without heads, of a latent cache."""

    def of(sizes: Iterable[int]) -> Tensor:
        return torch.tensor(list(sizes), dtype=torch.double)

    layers, rest = of(shape.layers for shape in shapes), {"bytes_per_value": c.bits / 8, "batch": float(c.batch)}
    if kv_heads is None:
        latent = of(shape.latent.cached for shape in shapes if shape.latent)
        return computed(latent_cache_bytes, layers=layers, latent=latent, tokens=tokens, **rest)
    width = of(shape.head_width for shape in shapes)
    return computed(cache_bytes, layers=layers, kv_heads=of(kv_heads), head_width=width, tokens=tokens, **rest)


def heads_of(shape: ModelConfig, c: MemoryControls) -> int | None:
    """Key/value heads that are cached; None where the cache is latent."""
    return shape.heads if c.cached == COPIES else None if shape.latent else shape.kv_heads


def _at_rows(rows: list[int], count: int, values: Tensor) -> Tensor:
    return values.new_full((count,), math.nan).index_copy(0, torch.tensor(rows), values)
