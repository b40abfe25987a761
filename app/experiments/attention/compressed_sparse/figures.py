"""The three figures of compressed sparse attention: what each token sees, what is found against k and m, the work."""

import numpy as np

from app.experiments.attention.compressed_sparse.run import CompressedResult
from app.experiments.base import Figure, Figures, Measurements
from models.data.asked_tokens import NEEDLE
from visualizers.curve import curves
from visualizers.pattern import picked_entries
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES


def figures(result: CompressedResult, numbers: Measurements) -> Figures:
    return {"map": _map(result, numbers), "found": _found(result, numbers), "work": _work(result, numbers)}


def _map(result: CompressedResult, numbers: Measurements) -> Figure:
    controls = result.controls
    T = result.asked.target.shape[1]
    weights = np.repeat(result.trace.picked[0].numpy(), controls.block, axis=1)[:, :T]
    near = np.tri(T, dtype=bool) & ~np.tri(T, k=-controls.window, dtype=bool)
    asks = (result.asked.kind[0] >= 0).numpy()
    return Figure(
        title="What each token may look at, over the whole map",
        caption=(
            "Blue bands are picked entries, m tokens wide; {c3|the window} is green. Each query asks for one token: a"
            " {held|dot} where its content is read, a {failed|cross} where not."
        ),
        text=(
            f"Of the facts asked for from far back {numbers['needle_recall']:.0%} are read, of neighbours"
            f" {numbers['local_recall']:.0%}, of unmarked tokens from far back {numbers['filler_recall']:.0%}."
            f" If the needle's entry is picked, {numbers['recall_if_picked']:.0%}; if not,"
            f" {numbers['recall_if_not_picked']:.0%}. Full attention reads {numbers['full_needle_recall']:.0%}."
        ),
        plot=picked_entries(
            weights, near, result.asked.target[0].numpy(), result.right[0].numpy(), asks, controls.block
        ),
        height=400,
    )


def _found(result: CompressedResult, numbers: Measurements) -> Figure:
    def lines(value: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {
            f"m = {m}": (
                np.array(list(by_top)),
                np.array([found.right[NEEDLE] if value == "right" else found.mass for found in by_top.values()]),
            )
            for m, by_top in result.by_block.items()
        }

    return Figure(
        title="Needles, against the entries picked",
        caption="{c1|m = 2}, {c2|4} and {c3|8} tokens an entry: larger entries mix more than one fact.",
        text=(
            f"With m = {result.controls.block} and k = {result.controls.top} the indexer picks the needle's entry in"
            f" {numbers['needles_picked']:.0%} of cases, and {numbers['attention_on_the_needles_entry']:.0%} of the"
            " attention lies on it."
        ),
        plot=strips(
            [
                Strip("share read rightly", lines("right"), y_range=(-0.04, 1.08)),
                Strip("attention on the needle's entry", lines("mass"), y_range=(-0.04, 1.08)),
            ],
            x_title="entries picked, k",
            marks={"yours": (result.controls.top, "left")},
        ),
        height=330,
        half=True,
    )


def _work(result: CompressedResult, numbers: Measurements) -> Figure:
    lengths = np.array(list(result.work))
    full, indexer, core = np.array(list(result.work.values()), dtype=float).T
    drawn = curves(
        lengths, {"full": full, "indexer": indexer, "core": core}, x_title="tokens held", x_log=True, y_log=True,
        room=56, colours={"full": INK_3, "indexer": SERIES[1], "core": ACCENT},
    )  # fmt: skip
    drawn.update_xaxes(tickvals=[100, 1000, 10_000, 100_000], tickformat="~s").update_yaxes(dtick=1, tickformat="~s")
    return Figure(
        title="Multiplications for one new token",
        caption="{accent|The core} reads k entries and the window. {c2|The indexer} still scores every entry.",
        text=(
            f"Over {lengths[-1]:,} tokens the core takes {numbers['scores_of_the_core']:g} scores and the indexer"
            f" {numbers['scores_of_the_indexer']:,.0f}; together {numbers['share_of_multiplications']:.1%} of the"
            f" multiplications of full attention. {numbers['share_of_numbers_kept']:.0%} of the numbers are kept."
        ),
        plot=drawn,
        height=330,
        half=True,
    )
