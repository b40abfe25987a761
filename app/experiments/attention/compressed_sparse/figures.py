"""The three figures of compressed sparse attention: one query, what is found against k and m, the work."""

import numpy as np

from app.experiments.attention.compressed_sparse.run import HELD, CompressedResult
from app.experiments.base import Figure, Figures, Measurements
from app.number_format import number
from models.data.asked_tokens import NEEDLE
from visualizers.curve import curves
from visualizers.pattern import one_query
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES


def figures(result: CompressedResult, metrics: Measurements) -> Figures:
    return {"query": _query(result, metrics), "found": _found(result, metrics), "work": _work(result, metrics)}


def _query(result: CompressedResult, metrics: Measurements) -> Figure:
    controls, trace, t = result.controls, result.trace, result.shown
    target, E = int(result.asked.target[0, t]), trace.index.shape[-1]
    right = "reads it correctly" if result.right[0, t] else "does not read it correctly"
    whole = (t + 1) // controls.block
    return Figure(
        title=f"Token {t} asks for the fact at position {target}, and {right}",
        caption=(
            f"Above: {controls.block} tokens are one entry; {{accent|{controls.top} entries}} with the highest score"
            " are picked. Below: attention on these entries and on {c3|the window}."
        ),
        text=(
            f"The indexer picks the right entry for {metrics['needles_picked']:.0%} of the facts. If it does,"
            f" {metrics['recall_if_picked']:.0%} are read correctly; if not, {metrics['recall_if_not_picked']:.0%}."
        ),
        plot=one_query(
            trace.index[0, t, :whole].numpy(),
            trace.picked[0, t, :whole].numpy(),
            trace.weights[0, t, :whole].numpy(),
            trace.weights[0, t, E:].numpy(),
            block=controls.block,
            target=target,
            query=t,
        ),
        height=330,
    )


def _found(result: CompressedResult, metrics: Measurements) -> Figure:
    def lines(value: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {
            f"m = {m}": (
                np.array(list(by_top)),
                np.array([found.right[NEEDLE] if value == "right" else found.picked for found in by_top.values()]),
            )
            for m, by_top in result.by_block.items()
        }

    return Figure(
        title="Facts from far back, against the entries picked",
        caption="{c1|m = 2}, {c2|4} and {c3|8} tokens per entry. Larger entries mix more tokens.",
        text=(
            f"With m = {result.controls.block} and k = {result.controls.top}, {metrics['needle_recall']:.0%} of the"
            f" facts are read correctly; with full attention {metrics['full_needle_recall']:.0%}. CSA reads"
            f" {metrics['filler_recall']:.0%} of far tokens without a mark and"
            f" {metrics['local_recall']:.0%} of neighbours."
        ),
        plot=strips(
            [
                Strip("share read correctly", lines("right"), y_range=(-0.04, 1.08)),
                Strip("share whose entry is picked", lines("picked"), y_range=(-0.04, 1.08)),
            ],
            x_title="entries picked, k",
            marks={"this setting": (result.controls.top, "left")},
        ),
        height=330,
        half=True,
    )


def _work(result: CompressedResult, metrics: Measurements) -> Figure:
    lengths = np.array(list(result.work))
    full, indexer, core = np.array(list(result.work.values()), dtype=float).T
    drawn = curves(
        lengths, {"full": full, "indexer": indexer, "core": core}, x_title="tokens cached", x_log=True, y_log=True,
        room=56, colours={"full": INK_3, "indexer": SERIES[1], "core": ACCENT},
    )  # fmt: skip
    drawn.update_xaxes(tickvals=[100, 1000, 10_000, 100_000], tickformat="~s").update_yaxes(dtick=1, tickformat="~s")
    return Figure(
        title="Multiplications for one new token",
        caption=(
            "By formula. {trace:core|The core} reads k entries and the window. {trace:indexer|The indexer} scores every"
            " entry, with narrow vectors."
        ),
        text=(
            f"Over {number(float(lengths[-1]))} tokens the core and the indexer together take"
            f" {metrics['share_of_multiplications']:.1%} of the"
            f" multiplications of full attention. For {number(HELD)} tokens the tensors that are kept have"
            f" {metrics['bytes_kept_share']:.0%} of the bytes of a full cache."
        ),
        plot=drawn,
        height=330,
        half=True,
    )
