"""The three figures of a repetition penalty: two texts, the logits where they part, and every penalty."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.decoding.repetition.run import SHOWN, RepetitionResult
from app.provenance.origin import Plotted, computed
from models.language.sampling import repetition_penalty
from visualizers.curve import apart, curves, mark_x
from visualizers.distribution import bars, grouped_bars
from visualizers.theme import ACCENT, FAILED, INK, SERIES
from visualizers.word_rows import Look, Word, word_rows

A_ROW = 7  # words of a text in one row
LOOKS = {"new": Look(INK), "repeated": Look(FAILED, "i")}


def figures(result: RepetitionResult, metrics: Measurements) -> Figures:
    return {
        "texts": _texts(result, metrics),
        "logits": _logits(result, metrics),
        "penalties": _penalties(result, metrics),
    }


def _texts(result: RepetitionResult, metrics: Measurements) -> Figure:
    rows, names = [], []
    for title, words, repeats in zip(
        ("θ = 1", f"θ = {result.controls.penalty:g}"), result.shown.words, result.shown.repeats, strict=True
    ):
        for at in range(0, len(words), A_ROW):
            pairs = zip(words[at : at + A_ROW], repeats[at : at + A_ROW])
            rows.append([Word(word, "repeated" if again else "new") for word, again in pairs])
            names.append("" if at else title)
    some = any(word.kind == "repeated" for row in rows for word in row)
    return Figure(
        title=f"Greedy text after “{result.controls.prompt}”, without a penalty and with it",
        caption=(
            f"{'{trace:repeated|Italic red}' if some else 'Italic red'}: words in a run of four that stood in the text"
            " before. The token that ends a text is banned, so loops show."
        ),
        text=(
            f"Without a penalty, {metrics['shown_repeats_without_share']:.0%} of the words are in a repeated run; with"
            f" θ = {result.controls.penalty:g}, {metrics['shown_repeats_share']:.0%}."
        ),
        plot=word_rows(rows, LOOKS, names=names, columns=[""] * A_ROW),
        height=30 + 26 * len(rows),
    )


def _logits(result: RepetitionResult, metrics: Measurements) -> Figure:
    c, found = result.controls, result.shown
    top = found.logits.topk(SHOWN).indices
    seen = torch.isin(top, found.seen)
    labels = [f"{result.label[token]}{' *' if old else ''}" for token, old in zip(top.tolist(), seen.tolist())]
    lowest = min(float(found.after[top].min()), 0.0)
    drawn = grouped_bars(
        {"before": found.logits[top].numpy(), "after": found.after[top].numpy()}, labels=labels
    ).update_layout(margin={"b": 56})
    drawn.update_xaxes(tickangle=-45, tickmode="linear", dtick=1)
    drawn.update_yaxes(range=[1.15 * lowest, 1.15 * max(float(found.logits.max()), 0.1)])
    sources = []
    if c.rule == "as published":
        made = computed(repetition_penalty, z=found.logits, seen=found.seen, penalty=c.penalty)
        sources = [Plotted(made, lambda z: z[top], trace="after")]
    what = "log-probabilities after" if c.rule == "log-probabilities are divided" else "after"
    return Figure(
        title=f"Logits for new token {metrics['first_changed_token']:g}, the likeliest {SHOWN}",
        caption=f"{{trace:before|Before}} and {{trace:after|{what}}} the penalty. A star: the token is in the text.",
        text=(
            f"“{result.label[int(found.logits.argmax())]}” is the likeliest before, and"
            f" “{result.label[int(found.after.argmax())]}” after it."
        ),
        plot=drawn,
        height=290,
        half=True,
        sources=sources,
    )


def _penalties(result: RepetitionResult, metrics: Measurements) -> Figure:
    if not result.by_penalty:
        both = np.array([metrics["shown_repeats_without_share"], metrics["shown_repeats_share"]])
        return Figure(
            title="Words in repeated runs, share of the text",
            caption="Your text without a penalty and with it.",
            text=f"The share goes from {both[0]:.0%} to {both[1]:.0%}.",
            plot=bars(both, labels=["θ = 1", f"θ = {result.controls.penalty:g} "], y_range=(0, 1.05)),
            height=290,
            half=True,
        )
    x = np.array(list(result.by_penalty))
    every = list(result.by_penalty.values())
    lines = {
        "from training": np.array([one.right["stated in training"] for one in every]),
        "from the text": np.array([one.right["stated in the text"] for one in every]),
        "repeats": np.array([one.repeated for one in every]),
    }
    drawn = curves(
        x, lines, x_title="penalty θ", y_range=(-0.04, 1.1), markers=True, room=88,
        colours={"from training": SERIES[2], "from the text": ACCENT, "repeats": FAILED},
    )  # fmt: skip
    drawn.update_xaxes(range=[0.92, 3.08], dtick=0.5)
    return Figure(
        title="Many texts at every penalty",
        caption=(
            "{trace:repeats|Repeats}: runs of four that occurred before, share. Right answers, share: facts"
            " {trace:from the text|from the text} and {trace:from training|from training}."
        ),
        text=(
            f"At your penalty {metrics['repeated_share']:.0%} of the runs repeat, without one"
            f" {metrics['repeated_without_share']:.0%}. Facts that stand in the text are named"
            f" {metrics['right_from_the_text_share']:.0%} of the time."
        ),
        plot=mark_x(apart(drawn, 230), result.controls.penalty, "yours"),
        height=290,
        half=True,
    )
