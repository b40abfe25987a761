"""The alignment of one list, how far the largest weights lie from the mirror, and what an exchanged word does."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.alignment.run import LENGTH, OFFSETS, AlignmentResult
from app.provenance.origin import Computed, Plotted, computed
from models.attention.additive import additive_score
from models.attention.bahdanau import alignment
from models.data.word_lists import text_of
from visualizers.distribution import bars, grouped_bars
from visualizers.heads import token_map
from visualizers.theme import ACCENT


def figures(result: AlignmentResult, metrics: Measurements) -> Figures:
    return {
        "alignment": _alignment(result, metrics),
        "offsets": _offsets(result, metrics),
        "exchange": _exchange(metrics),
    }


def weights_of(result: AlignmentResult) -> Computed:
    """The weights (T, S) of the list shown, from the states that searched and the annotations."""
    w_a, u_a, v_a = result.scores
    before = torch.cat([result.first, result.trace.states[0, :-1]])
    query = before if result.controls.query == "last state" else result.first.expand_as(before)
    annotations = result.trace.annotations[0]
    e = computed(
        additive_score, q=query, k=annotations, w_q=w_a, w_k=u_a, c=torch.zeros_like(v_a), u=v_a
    )  # fmt: skip
    return computed(alignment, e=e)


def _alignment(result: AlignmentResult, metrics: Measurements) -> Figure:
    weights = weights_of(result)
    shown = len(result.source) - 1
    return Figure(
        title="Weights of each written word on the source",
        caption="Rows: words written, from the top. Columns: the source. The list is written backwards, so the strong"
        " weights run against the diagonal.",
        text=(
            f"At {metrics['shown_exact_steps']:.0f} of {shown} steps the largest weight lies on the word to be written."
            f" {metrics['shown_right_words']:.0f} of {shown} words are right."
        ),
        plot=token_map(
            weights.tensor.numpy(), text_of(result.words), text_of(result.source), column_title="source", high=1.0
        ),
        height=380,
        sources=[Plotted(weights)],
    )


def _offsets(result: AlignmentResult, metrics: Measurements) -> Figure:
    return Figure(
        title="Distance of the largest weight from the word to be written",
        caption=(
            f"Share of steps in held-out lists of {LENGTH} words, %. {{trace:two directions|This encoder}} reads both"
            " ways, {trace:one direction|the other} from left to right only."
        ),
        text=(
            f"With an encoder of two directions {metrics['exact_position_share']:.0%} of the largest weights lie on the"
            f" word itself; with one direction {metrics['one_way_exact_position_share']:.0%}, and"
            f" {metrics['one_way_next_position_share']:.0%} one position later."
        ),
        plot=grouped_bars(
            {
                "two directions": np.round(100 * result.offsets.numpy()),
                "one direction": np.round(100 * result.forward_offsets.numpy()),
            },
            labels=[f"{offset:+d}".replace("+0", "0").replace("-", "−") for offset in OFFSETS],
            x_title="positions to the right of that word",
        ),
        height=280,
        half=True,
    )


def _exchange(metrics: Measurements) -> Figure:
    followed, kept = metrics["exchanged_word_written_share"], metrics["other_words_kept_share"]
    return Figure(
        title="One source word is exchanged for another, %",
        caption="Left: the new word is written at the matching position. Right: the other written words stay the same.",
        text=f"The new word is written in {followed:.0%} of cases; {kept:.0%} of the other words stay the same.",
        plot=bars(
            np.round(100 * np.array([followed, kept])),
            labels=["new word written", "other words kept"],
            colours=ACCENT,
            y_range=(0, 115),
        ),
        height=280,
        half=True,
    )
