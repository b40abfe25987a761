"""What caches weigh beside the weights, how they grow with the text, and the formula against live tensors, drawn."""

import math
from collections.abc import Iterable
from functools import partial

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.serving.kv_cache_memory.run import (
    GB,
    LENGTHS,
    MemoryControls,
    MemoryResult,
    head_counts,
    weight_gigabytes,
)
from app.provenance.origin import Computed, Drawn, computed
from models.serving.kv_cache import cache_bytes
from models.serving.model_shapes import SHAPES, ModelShape, latent_cache_bytes
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


def shown_models(result: MemoryResult) -> list[ModelShape]:
    """The largest cache first."""
    return [SHAPES[name] for name in sorted(result.held, key=lambda name: -result.held[name])]


def figures(result: MemoryResult, measured: Measurements) -> Figures:
    return with_sources(
        {"models": _models(result, measured), "growth": _growth(result, measured), "live": _live(result, measured)},
        origins(result),
    )


def _models(result: MemoryResult, measured: Measurements) -> Figure:
    c = result.controls
    shown = shown_models(result)
    cache = np.array([result.held[shape.name] for shape in shown])
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
            np.array([weight_gigabytes(shape) for shape in shown]),
            labels=[f"{shape.name} · {shape.attention}" for shape in shown],
            written=[size(value) for value in cache],
            keys=[shape.name for shape in shown],
            x_title="GB",
            marker_name="weights in 16 bits, GB",
            picked=shown.index(SHAPES[c.model]),
            sets="model",
        ),
        height=300,
    )


def _growth(result: MemoryResult, measured: Measurements) -> Figure:
    c, shape = result.controls, SHAPES[result.controls.model]
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
    own = measured["weights_gigabytes"]
    line = {"color": INK_3, "width": 1, "dash": "dash"}
    drawn.add_shape(type="line", xref="paper", x0=0, x1=1, y0=own, y1=own, line=line)
    drawn.add_annotation(**note(0, math.log10(own), "its weights", xref="paper", xanchor="left", yanchor="bottom"))
    mark_x(drawn, c.tokens, "T").layout.annotations[-1].x = math.log10(c.tokens)
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
        for kind in KINDS
    }
    return Figure(
        title="Live models: bytes by formula",
        caption=(
            f"Measured on {len(result.toys)} drawn shapes, {{c1|MHA}}, {{c2|GQA}} or {{c3|MQA}}. On the line the"
            " formula is exact."
        ),
        text=(
            "The formula misses the bytes of the live tensors by at most"
            f" {measured['largest_error_of_the_formula_bytes']:,.0f}."
        ),
        plot=measured_vs_formula(
            {kind: (x, y) for kind, (x, y) in kinds.items()}, x_title="bytes by the formula", unit="bytes"
        ),
        height=240,
        half=True,
    )


def bytes_made(shapes: list[ModelShape], kv_heads: list[int] | None, tokens: Tensor, c: MemoryControls) -> Computed:
    """The bytes of each shape's cache, at one length, or of one shape at each; without heads, of a latent one."""

    def of(sizes: Iterable[int]) -> Tensor:
        return torch.tensor(list(sizes), dtype=torch.double)

    layers, rest = of(shape.layers for shape in shapes), {"bytes_per_value": c.bits / 8, "batch": float(c.batch)}
    if kv_heads is None:
        latent = of(shape.latent for shape in shapes)
        return computed(latent_cache_bytes, layers=layers, latent=latent, tokens=tokens, **rest)
    width = of(shape.head_width for shape in shapes)
    return computed(cache_bytes, layers=layers, kv_heads=of(kv_heads), head_width=width, tokens=tokens, **rest)


def heads_of(shape: ModelShape, c: MemoryControls) -> int | None:
    """What the formula is told; None where the cache is latent."""
    return shape.heads if c.counted == "query heads" else None if shape.latent else shape.kv_heads


def origins(result: MemoryResult) -> list[Drawn]:
    c, shown = result.controls, shown_models(result)
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
    for trace, kind in enumerate(KINDS, start=1):
        if toys := [toy.sizes for toy in result.toys if toy.kind == kind]:
            sizes = torch.tensor(toys, dtype=torch.double).unbind(1)
            drawn.append(
                Drawn("live", computed(cache_bytes, **dict(zip(CacheSizes._fields, sizes))), trace=trace, unit=None)
            )
    return drawn


def _at_rows(rows: list[int], count: int, values: Tensor) -> Tensor:
    return values.new_full((count,), math.nan).index_copy(0, torch.tensor(rows), values)
