"""The three figures of a key/value cache: what each step computes, the bytes held, and the work saved."""

import math

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.serving.kv_cache.run import FLOAT, CacheResult, Step
from app.number_format import number
from app.provenance.origin import Computed, Plotted
from models.attention.dot_product import attention_scores
from models.published.cache import bytes_held
from models.published.configs import CONFIGS
from models.serving.kv_cache import cache_bytes
from visualizers.progressive_lines import progressive_lines
from visualizers.theme import ACCENT, FAILED, INK_2, INK_3, MARK, SERIES, note
from visualizers.timeline import timeline

REAL = CONFIGS["Llama 3 70B"]
REMEMBERED, COMPUTED, STALE = 1, 2, 3

STEPS = {
    "kept": (
        "Rows are steps, columns are tokens: {accent|computed now} or {mark|read from the cache}. At the end of a row:"
        " the token generated."
    ),
    "none": "Rows are steps, columns are tokens. Without a cache, every step {accent|computes} all tokens again.",
    "of the older prompt": (
        "{accent|Computed now}, {mark|read from the cache}, {failed|cached for the older prompt}. Red words differ from"
        " those without a cache."
    ),
}


def figures(result: CacheResult, metrics: Measurements) -> Figures:
    return {"steps": _steps(result, metrics), "held": _held(result, metrics), "work": _work(result, metrics)}


def cells(result: CacheResult) -> np.ndarray:
    """Steps by tokens: 0 where there is no token yet, else what the step did with it."""
    table = np.zeros((len(result.steps), result.steps[-1].seen), dtype=int)
    for row, step in enumerate(result.steps):
        table[row, : step.seen] = REMEMBERED
        table[row, result.stale] = STALE
        table[row, step.seen - step.computed : step.seen] = COMPUTED
    return table


def _steps(result: CacheResult, metrics: Measurements) -> Figure:
    words, others = ([step.label for step in steps] for steps in (result.steps, result.without_cache))
    drawn = timeline(
        cells(result),
        colours=(MARK, ACCENT, FAILED),
        columns=result.prompt,
        written=[word if word == other else f"{word}, not {other}" for word, other in zip(words, others, strict=True)],
        written_colours=[INK_2 if word == other else FAILED for word, other in zip(words, others, strict=True)],
        states=("read from the cache", "computed now", "cached for the older prompt"),
    )
    return Figure(
        title="What each new token computes",
        caption=STEPS[result.controls.cache],
        text=(
            f"{metrics['computed_positions']:.0f} positions are computed; without a cache"
            f" {metrics['computed_positions_without_a_cache']:.0f}."
            f" {metrics['tokens_that_differ_from_those_without_a_cache']:.0f} of {len(words)} tokens differ from those"
            " generated without a cache."
        ),
        plot=drawn,
        height=max(180, 70 + 16 * len(words)),
        lines=["self.keys = k if self.keys is None else"] * len(words),
        steps="token",
        start=len(words) - 1,
        sources=[scores(result)],
    )


def _held(result: CacheResult, metrics: Measurements) -> Figure:
    seen = np.array([step.seen for step in result.steps])
    drawn = progressive_lines(
        seen,
        {"formula": np.array([result.formula(int(tokens)) for tokens in seen]) / 1e3},
        dots={"measured": np.array([step.held_bytes for step in result.steps]) / 1e3},
        x_title="tokens so far",
        colours=(INK_3, ACCENT),
    )
    real = f"{REAL.name}: {bytes_held(REAL, 1) / 1e3:.0f} kB per token"
    drawn.add_annotation(
        **note(0.98, 0.04, real, colour=INK_3, xref="paper", yref="paper", xanchor="right", yanchor="bottom")
    )
    return Figure(
        title="Cache held, kB",
        caption="{accent|Measured} from the live tensors, beside the line of the {trace:formula|formula}.",
        text=(
            f"After {seen[-1]} tokens the tensors hold {number(metrics['held_at_the_end_bytes'])} bytes; the largest"
            f" difference from the formula is {number(metrics['largest_gap_from_the_formula_bytes'])}."
        ),
        plot=drawn,
        height=220,
        half=True,
        steps="token",
        start=len(seen) - 1,
        sources=[Plotted(held_by_formula(result), trace="formula", unit=1e-3)],
    )


def _work(result: CacheResult, metrics: Measurements) -> Figure:
    seen = np.array([step.seen for step in result.steps])
    drawn = progressive_lines(
        seen,
        {"without a cache": result.flops(result.without_cache) / 1e6, "as above": result.flops(result.steps) / 1e6},
        dots={},
        x_title="tokens so far",
        colours=(SERIES[1], ACCENT),
    )
    return Figure(
        title="Work per token, MFLOPs",
        caption="{c2|Without a cache} the work grows with the text. {accent|As above}: what the steps above computed.",
        text=(
            f"The last token takes {metrics['last_token_flops'] / 1e6:.3g} MFLOPs, without a cache"
            f" {metrics['last_token_without_a_cache_flops'] / 1e6:.3g}. Timed just now:"
            f" {_milliseconds(result.steps):.1f} ms per token, without a cache"
            f" {_milliseconds(result.without_cache):.1f} ms."
        ),
        plot=drawn,
        height=220,
        half=True,
        steps="token",
        start=len(seen) - 1,
    )


def _milliseconds(steps: "list[Step]") -> float:
    """Median of the steps after the first, which reads the prompt."""
    return 1e3 * float(np.median([step.seconds for step in steps[1:]]))


def scores(result: CacheResult) -> Plotted:
    """A cell stands for the score of the step's query with the key at that position, in one head of the last layer."""
    queries, keys = torch.stack([step.query for step in result.steps]), result.steps[-1].keys  # (R, K), (C, K)
    filled = torch.tensor([[column < step.seen for column in range(len(keys))] for step in result.steps])
    computed = Computed(attention_scores(queries, keys), attention_scores, {"q": queries, "k": keys})
    return Plotted(computed, lambda s: torch.where(filled, s, math.nan), trace="states", unit=None)


def held_by_formula(result: CacheResult) -> Computed:
    c, tokens = result.config, torch.tensor([float(step.seen) for step in result.steps])
    sizes: dict[str, object] = {"layers": c.layers, "kv_heads": c.kv_heads, "head_width": c.head_width}
    held = torch.tensor([float(result.formula(step.seen)) for step in result.steps])
    return Computed(held, cache_bytes, sizes | {"tokens": tokens, "bytes_per_value": FLOAT})
