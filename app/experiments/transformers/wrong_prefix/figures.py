"""Accuracy behind a wrong word, the typed sentence word by word, and the causal map of the last layer."""

import numpy as np

from app.experiments.attention.sources import origins_of
from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.wrong_prefix.run import AFTER, PrefixResult
from app.provenance.origin import Plotted
from models.attention.masks import sliding_window_mask
from models.data.tok_sentences import PAD, PIECES, text_of
from visualizers.curve import apart, curves
from visualizers.heads import large_map
from visualizers.theme import ACCENT, FAILED, INK, INK_3, SERIES
from visualizers.word_rows import Look, Word, word_rows


def figures(result: PrefixResult, metrics: Measurements) -> Figures:
    return {
        "after": _after(result, metrics),
        "sentence": _sentence(result, metrics),
        "map": _map(result),
    }


def _after(result: PrefixResult, metrics: Measurements) -> Figure:
    x = np.arange(1, AFTER + 1)
    same, other = result.followed["of the same class"], result.followed["of another class"]
    lines = {"none": same.right, "same": same.wrong, "another": other.wrong}
    plot = curves(
        x, {name: 100 * share.numpy() for name, share in lines.items()}, x_title="words after the wrong one",
        y_range=(-4, 112), markers=True, room=64,
        colours={"none": INK_3, "same": ACCENT, "another": SERIES[1]},
    ).update_xaxes(tickmode="array", tickvals=list(x), range=(0.8, AFTER + 0.2))  # fmt: skip
    return Figure(
        title=f"Correct words after a wrong one in place {result.controls.place}, %",
        caption=(
            "The wrong word is {accent|of the same class}, a noun for a noun, or {c2|of another}. Grey: none. The"
            " source stays. After it the decoder is given the right words again."
            + (f" Cross-attention: {result.controls.across}." if result.controls.across != "in both layers" else "")
        ),
        text=(
            f"The next word is right in {metrics['same_class_accuracy']:.0%} of sentences after a wrong word of the"
            f" same class, and in {metrics['other_class_accuracy']:.0%} after one of another class. After the right"
            f" words it is right in {metrics['right_prefix_accuracy']:.0%}, and of the right class in"
            f" {metrics['right_class_accuracy']:.0%}."
        ),
        plot=apart(plot, 200),
        height=260,
    )


LOOKS = {
    "read": Look(INK), "wrong word read": Look(FAILED, "s"), "right": Look(ACCENT), "wrong": Look(FAILED, "b"),
    "target": Look(INK_3),
}  # fmt: skip


def _sentence(result: PrefixResult, metrics: Measurements) -> Figure:
    target = result.target[result.target != PAD]
    T, place = len(target), min(result.controls.place, int((result.target != PAD).sum()) - 1)
    words = [PIECES[i] for i in result.read[:T].tolist()]
    read = [Word(w if n else "start", "wrong word read" if n == place else "read") for n, w in enumerate(words)]
    after = [Word(PIECES[i], "right" if i == t else "wrong") for i, t in zip(result.after.tolist(), target.tolist())]
    alone = [Word(PIECES[i], "right" if i == t else "wrong") for i, t in zip(result.written.tolist(), target.tolist())]
    wanted = [Word(word, "target") for word in text_of(target)]
    wrong = sum(word.kind == "wrong" for word in after)
    return Figure(
        title="Your sentence, step by step",
        caption="Each column is a step: the word read, and what follows it. Alone: each word generated is read next.",
        text=(
            f"With the wrong word, {wrong} of {T} next words are wrong. Alone,"
            f" {metrics['words_generated']:.0f} of {T} are right."
        ),
        plot=word_rows(
            [read, after, alone, wanted], LOOKS, names=["read", "next", "alone", "right"],
            columns=[str(n + 1) for n in range(T)],
        ),
        height=230,
        half=True,
    )  # fmt: skip


def _map(result: PrefixResult) -> Figure:
    trace, T = result.attention, int((result.target != PAD).sum())
    labels = ["start", *(PIECES[i] for i in result.read[1:T].tolist())]
    mean = trace.weights[0, :, :T, :T].mean(dim=0)
    self_weight = mean.diagonal()[1:].mean().item()
    mask = sliding_window_mask(trace.weights.shape[-1], result.controls.window)
    return Figure(
        title="Self-attention of the last layer, head 0",
        caption="Rows are queries: each attends to itself and to earlier words. The upper half is masked.",
        text=f"On average over the heads, a word puts {self_weight:.0%} of its weight on itself.",
        plot=large_map(trace.weights[0, 0, :T, :T].numpy(), labels),
        height=300,
        half=True,
        sources=[Plotted(origins_of(trace, mask).weights, lambda w: w[0, 0, :T, :T])],
    )
