"""One sentence under four first words, how many held-out sentences come out right, and the learned relative bias."""

from operator import itemgetter

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.task_word.run import TaskResult
from app.provenance.origin import Plotted, computed
from models.data.named_tasks import PIECES, TASKS, text_of
from models.data.tok_sentences import PAD
from models.transformer.t5 import T5
from visualizers.curve import apart, curves
from visualizers.distribution import bars
from visualizers.theme import ACCENT, FAILED
from visualizers.word_rows import Look, Word, word_rows

REACH = 7
"""Offsets of which the bias is drawn, either way."""


def figures(result: TaskResult, metrics: Measurements) -> Figures:
    return {"words": _words(result), "match": _match(result, metrics), "bias": _bias(result)}


def _words(result: TaskResult) -> Figure:
    rows, wrong, asked = [], 0, 0
    for task in TASKS:
        wanted = [i for i in result.typed[task].target[0].tolist() if i != PAD]
        pairs = list(zip(result.written[task].tolist(), wanted, strict=False))
        rows.append([Word(PIECES[i] or "–", "right" if i == t else "wrong") for i, t in pairs])
        wrong, asked = wrong + sum(i != t for i, t in pairs), asked + len(pairs)
    fill = " ".join(text_of(result.typed["fill"].source[0])[1:])
    hidden = {"nothing": "", "the first word": " The first word is hidden.",
              "the word behind it": " The word behind the first is hidden."}[result.controls.hidden]  # fmt: skip
    return Figure(
        title="One sentence, four first words",
        caption=(
            "Each row: the first word read, then what is generated for the sentence; a wrong word is bold. “fill” read"
            f" “{fill}”.{hidden}"
        ),
        text=f"{wrong} of {asked} words generated are wrong.",
        plot=word_rows(
            rows, {"right": Look(ACCENT), "wrong": Look(FAILED, "b")}, names=list(TASKS),
            columns=[str(n + 1) for n in range(max(map(len, rows)))],
        ),
        height=230,
    )  # fmt: skip


def _match(result: TaskResult, metrics: Measurements) -> Figure:
    return Figure(
        title="Held-out sentences answered right, %",
        caption="An answer counts if all its words are right; “fill” has two gaps. One model does all four tasks.",
        text=(
            f"Translation {metrics['exact_match_tok']:.0%}, subject {metrics['exact_match_who']:.0%}, object"
            f" {metrics['exact_match_whom']:.0%}, gaps {metrics['exact_match_fill']:.0%}."
        ),
        plot=bars(np.round([100 * result.match[task] for task in TASKS], 1), labels=TASKS, y_range=(0, 115)),
        height=300,
        half=True,
    )


def offsets_of(bias: torch.Tensor) -> torch.Tensor:
    """The rows of one query in the middle: (H, T, T) → (H, 2·REACH + 1)."""
    return bias[:, REACH]


def _bias(result: TaskResult) -> Figure:
    model: T5 = result.model
    bias = computed(model.encoder_bias.forward, length=2 * REACH + 1)
    rows, x = offsets_of(bias.tensor).detach(), np.arange(-REACH, REACH + 1)
    names = [f"head {head}" for head in range(len(rows))]
    nearest = [int(x[int(row.argmax())]) for row in rows]
    low, high = float(rows.min()), float(rows.max())
    plot = curves(x, {name: row.numpy() for name, row in zip(names, rows, strict=True)},
                  x_title="key position − query position", y_range=(low - 0.3, high + 0.3), room=60)  # fmt: skip
    return Figure(
        title="What the encoder adds to the scores, by offset",
        caption="One number per bucket and head. Far offsets share a bucket, which makes the steps.",
        text=f"The heads add most at the offsets {', '.join(f'{offset:+d}' for offset in nearest)}.",
        plot=apart(plot, 230),
        height=300,
        half=True,
        sources=[Plotted(bias, itemgetter((head, REACH)), trace=name) for head, name in enumerate(names)],
    )
