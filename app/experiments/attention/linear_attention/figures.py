"""The three figures of linear attention: two maps of the same queries and keys, the work, what the state can hold."""

import numpy as np

from app.experiments.attention.linear_attention.run import DIMENSION, LinearResult
from app.experiments.base import Figure, Figures, Measurements
from visualizers.curve import curves, mark_x
from visualizers.matrix import tiles
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3


def figures(result: LinearResult, numbers: Measurements) -> Figures:
    return {"maps": _maps(result, numbers), "work": _work(result, numbers), "recall": _recall(result, numbers)}


def _maps(result: LinearResult, numbers: Measurements) -> Figure:
    drawn = tiles(
        result.maps.numpy(),
        row_labels=["softmax", result.controls.features],
        column_labels=[f"h{head}" for head in range(result.maps.shape[1])],
    ).update_layout(margin={"l": 58, "r": 4, "t": 22, "b": 6})
    return Figure(
        title=f"Layer {result.controls.layer}: weights of the same queries and keys, by softmax and by the kernel",
        caption="Softmax can put nearly all weight on one token. A product of few positive features is flatter.",
        text=(
            f"A row's entropy is {numbers['softmax_entropy_nats']:.2f} nats with softmax and"
            f" {numbers['kernel_entropy_nats']:.2f} with the kernel. Put into every layer of the trained model, with no"
            f" training after it, the kernel takes the loss from {numbers['softmax_loss_nats']:.3g} to"
            f" {numbers['kernel_loss_nats']:.3g} nats a token."
        ),
        plot=drawn,
        height=230,
    )


def _work(result: LinearResult, numbers: Measurements) -> Figure:
    work = {"softmax": result.softmax_work, "kernel": result.kernel_work}
    lines = {name: np.array(list(counted.values()), dtype=float) for name, counted in work.items()}
    drawn = curves(
        list(result.softmax_work), lines, x_title="tokens", x_log=True, y_log=True, room=58,
        colours={"softmax": INK_3, "kernel": ACCENT},
    )  # fmt: skip
    drawn.update_yaxes(dtick=2, tickformat="~s").update_xaxes(tickvals=[10, 100, 1000], tickformat="~s")
    if result.controls.form == "recurrent":
        mark_x(drawn, numbers["cheaper_from_tokens"], f"{numbers['cheaper_from_tokens']:g}")
    return Figure(
        title="Multiplications of a head, for a text of so many tokens",
        caption="Logarithmic axes: slope 2 for {ink-3|softmax}, 1 for {accent|the kernel} token by token.",
        text=(
            f"Twice the text takes {numbers['operations_when_doubled_over']:.3g} times the multiplications, softmax"
            f" {numbers['softmax_operations_when_doubled_over']:.3g} times. The recurrent form needs fewer from"
            f" {numbers['cheaper_from_tokens']:g} tokens on, and agrees with the parallel one to within"
            f" {numbers['recurrent_against_parallel']:.1e}."
        ),
        plot=drawn,
        height=320,
        half=True,
    )


def _recall(result: LinearResult, numbers: Measurements) -> Figure:
    pairs = np.array(list(result.by_pairs))
    found = list(result.by_pairs.values())
    error = Strip(
        "error of what is recalled, share of its length",
        {
            "kernel": (pairs, np.array([recall.error for recall in found])),
            "softmax": (pairs, np.array([recall.softmax_error for recall in found])),
        },
        y_range=(-0.05, 1.25),
        colours=(ACCENT, INK_3),
    )
    rank = Strip(
        "rank of the state",
        {"rank": (pairs, np.array([recall.rank for recall in found]))},
        y_range=(0, DIMENSION + 3),
        colours=(ACCENT,),
    )
    return Figure(
        title="Pairs told, and recalled by their keys",
        caption="{accent|The kernel} holds 16 keys at right angles. {ink-3|Softmax} keeps every pair, and finds it.",
        text=(
            f"After {result.controls.pairs} pairs the kernel errs by {numbers['recall_error']:.2g} of a value's length,"
            f" softmax by {numbers['softmax_recall_error']:.2g}; the state has rank {numbers['state_rank']:g}. It is"
            f" {numbers['state_numbers']:g} numbers a head, however long the text."
        ),
        plot=strips([error, rank], x_title="pairs told", marks={"16 keys": (DIMENSION + 0.5, "right")}),
        height=320,
        half=True,
    )
