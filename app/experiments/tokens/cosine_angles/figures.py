"""Two arrows, the neighbours of a word, the cosines of all pairs of words, and how often the measures differ."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.points import FARTHEST
from app.experiments.tokens.cosine_angles.run import CosineAnglesResult
from app.experiments.tokens.word_choice import CLASS_NAMES
from app.provenance.origin import Plotted, computed
from models.language.word_vectors import cosine, cosines, nearest
from visualizers.arrows import two_arrows
from visualizers.curve import curves
from visualizers.theme import ACCENT
from visualizers.word_map import class_colours, neighbour_bars

BARS, BINS = 8, 40


def figures(result: CosineAnglesResult, metrics: Measurements) -> Figures:
    return {
        "arrows": _arrows(result),
        "neighbours": _neighbours(result, metrics),
        "pairs": _pairs(result, metrics),
    }


def _arrows(result: CosineAnglesResult) -> Figure:
    u, v = result.arrows
    angle = float(cosine(u, v))
    same = "" if torch.isfinite(cosine(u, v)) else " An arrow of length 0 has no direction, and no cosine."
    return Figure(
        title="Two arrows",
        caption=(
            "Click or drag to place the {trace:blue|blue} or the {trace:orange|orange} arrow. Cosine depends on"
            " the angle alone; the dot product and the {trace:difference|distance} also depend on the lengths."
        ),
        text=(
            f"Cosine {angle:.3f}, dot product {float(u @ v):.3f}, distance {float((u - v).norm()):.3f}. With the"
            f" orange arrow twice as long, the cosine stays {float(cosine(u, 2 * v)):.3f}; the dot product becomes"
            f" {float(u @ (2 * v)):.3f} and the distance {float((u - 2 * v).norm()):.3f}.{same}"
        ),
        plot=two_arrows(result.arrows.numpy(), reach=FARTHEST, sets="arrows"),
        height=330,
        half=True,
    )


def _neighbours(result: CosineAnglesResult, metrics: Measurements) -> Figure:
    X, word = result.vectors, result.words.names[result.picked]
    near = nearest(cosines(X), BARS)[result.picked]
    values = computed(cosine, u=X[result.picked].expand(BARS, -1), v=X[near])
    own = int((result.words.classes[near] == result.words.classes[result.picked]).sum())
    off = metrics["prediction_change"]
    same = ""
    if result.controls.table != "as trained":
        same = (
            f" {metrics['changed_nearest_share']:.0%} of the words have another nearest word by cosine than in the"
            f" table as trained, though no predicted probability changed by more than {max(off, 1e-4):.1g}."
        )
    first = {name: result.words.names[int(found[result.picked, 0])] for name, found in result.near.items()}
    return Figure(
        title=f"Nearest words of “{word}” by cosine",
        caption="Each in the colour of its class. Click a word to look at it.",
        text=(
            f"{own} of the {BARS} are of the class of “{word}”. The nearest by cosine is “{first['cosine']}”, by dot"
            f" product “{first['dot product']}”, by distance “{first['distance']}”. Dot product and cosine disagree"
            f" on the nearest word for {metrics['dot_disagreement_share']:.0%} of all words, distance and cosine for"
            f" {metrics['distance_disagreement_share']:.0%}.{same}"
        ),
        plot=neighbour_bars(
            values.tensor.numpy(), [result.words.names[at] for at in near.tolist()],
            [CLASS_NAMES[int(result.words.classes[at])] for at in near.tolist()], class_colours(CLASS_NAMES),
            sets="word",
        ),
        height=330,
        half=True,
        sources=[Plotted(values, trace="cosine")],
    )  # fmt: skip


def _pairs(result: CosineAnglesResult, metrics: Measurements) -> Figure:
    found = cosines(result.vectors)
    above = torch.triu(torch.ones_like(found, dtype=torch.bool), diagonal=1)
    counts = torch.histc(found[above], BINS, -1, 1)
    middles = (torch.arange(BINS) + 0.5) * 2 / BINS - 1
    share = (counts / counts.sum().clamp_min(1)).numpy()
    drawn = curves(
        middles.numpy(), {"": share}, x_title="cosine", y_range=(0, max(0.12, 1.1 * float(share.max()))), room=16,
        colours={"": ACCENT},
    )  # fmt: skip
    return Figure(
        title="Cosines of all pairs of words: share of the pairs",
        caption="Left of 0: pairs that point apart. A common offset moves all pairs to the right; centring undoes it.",
        text=f"The mean cosine of two words is {metrics['mean_cosine']:.2f}.",
        plot=drawn,
        height=240,
    )
