"""A key/value cache as it grows, what it holds and what it saves, drawn."""

import math

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.serving.kv_cache.run import FLOAT, CacheResult, Step
from app.provenance.origin import Computed, Drawn
from models.attention.dot_product import attention_scores
from models.serving.kv_cache import cache_bytes
from models.serving.model_shapes import SHAPES
from visualizers.progressive_lines import progressive_lines
from visualizers.theme import ACCENT, FAILED, INK_2, INK_3, MARK, SERIES, note
from visualizers.timeline import timeline

REAL = SHAPES["Llama 3 70B"]
REMEMBERED, COMPUTED, STALE = 1, 2, 3

STEPS = {
    "kept": (
        "A row is a step, a column a token: {accent|computed} or {mark|remembered}. The word at the end was written."
    ),
    "none": "A row is a step, a column a token: without a cache, every step {accent|computes} all of them again.",
    "of the older prompt": (
        "{accent|Computed}, {mark|remembered}, {failed|remembered, but of the older prompt}: red words are its doing."
    ),
}


def figures(result: CacheResult, measured: Measurements) -> Figures:
    return with_sources(
        {"steps": _steps(result, measured), "held": _held(result, measured), "work": _work(result, measured)},
        origins(result),
    )


def cells(result: CacheResult) -> np.ndarray:
    """Steps by tokens: 0 where there is no token yet, else what the step did with it."""
    table = np.zeros((len(result.asked), result.asked[-1].seen), dtype=int)
    for row, step in enumerate(result.asked):
        table[row, : step.seen] = REMEMBERED
        table[row, result.wrong] = STALE
        table[row, step.seen - step.computed : step.seen] = COMPUTED
    return table


def _steps(result: CacheResult, measured: Measurements) -> Figure:
    words, plain = ([step.label for step in steps] for steps in (result.asked, result.plain))
    drawn = timeline(
        cells(result),
        colours=(MARK, ACCENT, FAILED),
        columns=result.prompt,
        written=[word if word == other else f"{word}, not {other}" for word, other in zip(words, plain)],
        written_colours=[INK_2 if word == other else FAILED for word, other in zip(words, plain)],
        states=("remembered", "computed", "remembered, but of the older prompt"),
    )
    return Figure(
        title="What each new token needs",
        caption=STEPS[result.controls.cache],
        text=(
            f"{measured['computed_positions']:.0f} positions are computed, without a cache"
            f" {measured['computed_positions_without_a_cache']:.0f};"
            f" {measured['tokens_that_differ_from_those_without_a_cache']:.0f} of {len(words)} tokens differ from those"
            " written without a cache."
        ),
        plot=drawn,
        height=max(180, 70 + 16 * len(words)),
        lines=["self.keys = k if self.keys is None else"] * len(words),
        steps="token",
        start=len(words) - 1,
    )


def _held(result: CacheResult, measured: Measurements) -> Figure:
    seen = np.array([step.seen for step in result.asked])
    drawn = progressive_lines(
        seen,
        {"formula": np.array([result.formula(int(tokens)) for tokens in seen]) / 1e3},
        dots={"measured": np.array([step.held_bytes for step in result.asked]) / 1e3},
        x_title="tokens so far",
        colours=(INK_3, ACCENT),
    )
    real = f"{REAL.name}: {REAL.cache_bytes(1) / 1e3:.0f} kB a token"
    drawn.add_annotation(
        **note(0.98, 0.04, real, colour=INK_3, xref="paper", yref="paper", xanchor="right", yanchor="bottom")
    )
    return Figure(
        title="Cache held, kB",
        caption="{accent|Measured} from the live tensors, on the line of the {trace:formula|formula}.",
        text=(
            f"{measured['held_at_the_end_bytes']:,.0f} bytes after {seen[-1]} tokens, at most"
            f" {measured['largest_gap_from_the_formula_bytes']:,.0f} off the formula. In 16 bits the same formula gives"
            f" {REAL.name} {REAL.cache_bytes(1):,.0f} bytes a token, {REAL.cache_bytes(8192) / 1e9:.2f} GB at 8,192."
        ),
        plot=drawn,
        height=220,
        half=True,
        steps="token",
        start=len(seen) - 1,
    )


def _work(result: CacheResult, measured: Measurements) -> Figure:
    seen = np.array([step.seen for step in result.asked])
    drawn = progressive_lines(
        seen,
        {"without a cache": result.flops(result.plain) / 1e6, "above": result.flops(result.asked) / 1e6},
        dots={},
        x_title="tokens so far",
        colours=(SERIES[1], ACCENT),
    )
    return Figure(
        title="Work for each token, MFLOPs",
        caption="{c2|Without a cache} it grows with the text; {accent|above} is what the steps above computed.",
        text=(
            f"The last token takes {measured['last_token_flops'] / 1e6:.3g} MFLOPs, without a cache"
            f" {measured['last_token_without_a_cache_flops'] / 1e6:.3g}. As a note, timed just now:"
            f" {_milliseconds(result.asked):.1f} ms a token, without a cache {_milliseconds(result.plain):.1f} ms."
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


def origins(result: CacheResult) -> list[Drawn]:
    """A cell stands for the score of the step's query with the key at that place, in one head of the last layer."""
    queries, keys = torch.stack([step.query for step in result.asked]), result.asked[-1].keys  # (R, K), (C, K)
    filled = torch.tensor([[column < step.seen for column in range(len(keys))] for step in result.asked])
    scores = Computed(attention_scores(queries, keys), attention_scores, {"q": queries, "k": keys})
    c, tokens = result.config, torch.tensor([float(step.seen) for step in result.asked])
    sizes: dict[str, object] = {"layers": c.layers, "kv_heads": c.kv_heads, "head_width": c.head_width}
    held = torch.tensor([float(result.formula(step.seen)) for step in result.asked])
    formula = Computed(held, cache_bytes, sizes | {"tokens": tokens, "bytes_per_value": FLOAT})
    return [
        Drawn("steps", scores, lambda s: torch.where(filled, s, math.nan), unit=None),
        Drawn("held", formula, unit=1e-3),
    ]
