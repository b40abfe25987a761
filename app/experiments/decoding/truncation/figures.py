"""The three figures of truncation: one next word through the filters, a rule over its values, and sampled texts."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.decoding.truncation.contexts import KINDS, mean
from app.experiments.decoding.truncation.run import TruncationResult
from app.experiments.decoding.truncation.sweeps import SWEPT, TEMPERATURES
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.layers.softmax import softmax
from visualizers.curve import apart, curves, mark_x
from visualizers.kept_and_cut import kept_and_cut
from visualizers.sentences import sentences
from visualizers.theme import ACCENT, FAILED, HELD, SERIES

NAMES = {"hiring": "hiring: 2", "trades": "trades: 2", "walks": "walks: 4", "crowd": "crowd: 72"}
RULES = {"k": "top-k", "p": "top-p", "min-p": "min-p"}
SIGNS = {"possible": (HELD, "circle"), "impossible": (FAILED, "diamond-open")}
SHOWN_TEXTS = 10


def figures(result: TruncationResult, metrics: Measurements) -> Figures:
    return {
        "next word": _next_word(result, metrics),
        "samples": _samples(result, metrics),
        "sweep": _sweep(result, metrics),
    }


def _next_word(result: TruncationResult, metrics: Measurements) -> Figure:
    *_, last = result.stages.values()
    way = ", then ".join(f"{name} leaves {number(count)}" for name, count in result.stages.items() if name != "all")
    first = result.stages["all"]
    return Figure(
        title=f"The next word after “{result.text}”",
        caption=(
            "{trace:kept|Kept} and {trace:cut|cut} words, the likeliest first. Where words are cut, the others share"
            " their probability. {trace:truth|Marks}: the true probability."
        ),
        text=(
            f"Of {number(first)} tokens, {way or 'all are kept'}. Of the words shown, {int((result.truth > 0).sum())}"
            " are possible here."
        ),
        plot=kept_and_cut(
            result.before.numpy(), result.after.numpy(), result.truth.numpy(), labels=result.words, many=last
        ),
        height=280,
        half=True,
        sources=[Plotted(computed(softmax, z=result.cut), lambda p: p[result.shown], trace="kept")],
    )


def _samples(result: TruncationResult, metrics: Measurements) -> Figure:
    marked = [
        (text.removeprefix("walk : ").removeprefix("today came "), "possible" if fits else "impossible")
        for text, fits in zip(result.samples[:SHOWN_TEXTS], result.possible[:SHOWN_TEXTS], strict=True)
    ]
    count = sum(result.possible)
    colours = {"possible": "held", "impossible": "failed"}
    key = {kind: f"{{{colours[kind]}|{kind}}}" if any(kind == one for _, one in marked) else kind for kind in SIGNS}
    return Figure(
        title=f"{SHOWN_TEXTS} of {len(result.samples)} sampled texts",
        caption=f"A text is {key['possible']} if each word may follow the one before it, else {key['impossible']}.",
        text=(
            f"{count} of {len(result.samples)} texts are possible. The {len(result.samples)} contain"
            f" {metrics['distinct_samples']:g} different ones."
        ),
        plot=sentences(marked, SIGNS),
        height=280,
        half=True,
    )


def _temperatures(result: TruncationResult, metrics: Measurements) -> Figure:
    c = result.controls
    drawn = {RULES[rule]: np.array(line) for rule, line in result.best.items()}
    plot = curves(
        np.array(TEMPERATURES), drawn, x_title="temperature τ", y_range=(-0.03, 1.0), markers=True, room=84,
        colours={"top-k": SERIES[2], "top-p": SERIES[1], "min-p": ACCENT},
    )  # fmt: skip
    first = "after the temperature" if c.order == "temperature first" else "before the temperature"
    return Figure(
        title="Misfit of each rule at its best value, over the temperature",
        caption=(
            "Misfit: 0 if exactly the possible words are kept, 1 if none is; mean over four kinds of text."
            f" {{c3|Top-k}}, {{c2|top-p}} or {{accent|min-p}} alone, {first}, with the value that fits best there."
        ),
        text=(
            f"At temperature {c.temperature:g} the best value of top-k has a misfit of {metrics['best_k_misfit']:.2f},"
            f" of top-p {metrics['best_p_misfit']:.2f}, of min-p {metrics['best_min_p_misfit']:.2f}."
        ),
        plot=mark_x(apart(plot, 210), c.temperature, "yours"),
        height=260,
    )


def _sweep(result: TruncationResult, metrics: Measurements) -> Figure:
    c = result.controls
    if c.swept == "temperature":
        return _temperatures(result, metrics)
    line, values = result.sweeps[c.swept], np.array(SWEPT[c.swept])
    x = 1 - values if c.swept == "p" else values
    along = x.argsort()
    drawn = {NAMES[kind]: np.array([one[kind] for one in line])[along] for kind in KINDS if kind != "hiring"}
    drawn["mean"] = np.array([mean(one) for one in line])[along]
    title = {"k": "k", "p": "1 − p", "min-p": "min-p"}[c.swept]
    plot = curves(
        x[along], drawn, x_title=title, x_log=True, y_range=(-0.03, 1.06), markers=True, room=84,
        colours={"trades: 2": SERIES[2], "walks: 4": SERIES[1], "crowd: 72": SERIES[4], "mean": ACCENT},
    )  # fmt: skip
    set_to = {"k": c.k, "p": 1 - c.p, "min-p": c.min_p}[c.swept]
    best = min(range(len(line)), key=lambda at: mean(line[at]))
    return Figure(
        title=f"Misfit of {'top-' + c.swept if c.swept != 'min-p' else c.swept} alone, over its values",
        caption=(
            "Misfit: 0 if exactly the possible words are kept, 1 if none is. {c5|Crowd}, {c2|walks} and {c3|trades}"
            " have 72, 4 and 2 possible words; {accent|mean} over all kinds."
        ),
        text=(
            f"The mean misfit is smallest, {mean(line[best]):.2f}, at {c.swept} = {values[best]:g}. With all filters as"
            f" they are set now it is {metrics['misfit']:.2f}."
        ),
        plot=mark_x(apart(plot, 210), set_to, "yours") if set_to > 0 else apart(plot, 210),
        height=260,
    )
