"""The three figures of linear attention: two maps of the same queries and keys, the work, what the state can hold."""

import numpy as np

from app.experiments.attention.linear_attention.run import LinearResult
from app.experiments.attention.linear_attention.work import DIMENSION
from app.experiments.base import Figure, Figures, Measurements
from app.number_format import number
from visualizers.curve import curves, mark_x
from visualizers.matrix import tiles
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, INK_3, SERIES


def figures(result: LinearResult, metrics: Measurements) -> Figures:
    return {"maps": _maps(result, metrics), "work": _work(result, metrics), "recall": _recall(result, metrics)}


def _maps(result: LinearResult, metrics: Measurements) -> Figure:
    drawn = tiles(
        result.maps.numpy(),
        row_labels=["softmax", result.controls.features],
        column_labels=["head 0", *map(str, range(1, result.maps.shape[1]))],
    ).update_layout(margin={"l": 58, "r": 4, "t": 22, "b": 6})
    trained = f"after {result.controls.steps} training steps" if result.controls.steps else "without training"
    return Figure(
        title=f"Layer {result.controls.layer}: weights of the same queries and keys, by softmax and by the kernel",
        caption="Each tile is one head’s map: rows are queries, columns keys. The kernel’s rows are flatter.",
        text=(
            f"A row’s entropy is {metrics['softmax_entropy_nats']:.2f} nats with softmax and"
            f" {metrics['kernel_entropy_nats']:.2f} with the kernel. With the kernel in each layer, {trained}, the loss"
            f" is {number(metrics['kernel_loss_nats'])} instead of {number(metrics['softmax_loss_nats'])} nats"
            " per token."
        ),
        plot=drawn,
        height=230,
    )


def _work(result: LinearResult, metrics: Measurements) -> Figure:
    work = {"softmax": result.softmax_work, "kernel": result.kernel_work}
    lines = {name: np.array(list(numbers.values()), dtype=float) for name, numbers in work.items()}
    colours = {"softmax": INK_3, "kernel": ACCENT}
    drawn = curves(
        list(result.softmax_work), lines, x_title="tokens", x_log=True, y_log=True, room=58, colours=colours
    )  # fmt: skip
    drawn.update_yaxes(dtick=2, tickformat="~s").update_xaxes(tickvals=[10, 100, 1000], tickformat="~s")
    if result.controls.form == "recurrent":
        mark_x(drawn, metrics["cheaper_from_tokens"], f"{number(metrics['cheaper_from_tokens'])}")
    return Figure(
        title="Multiplications of one head",
        caption=(
            "By formula, with a causal mask; logarithmic axes. {trace:softmax|Softmax} has slope 2, {trace:kernel|the"
            " kernel} token by token 1."
        ),
        text=(
            "Counted at 32 and 64 tokens, twice the text takes"
            f" {number(metrics['operations_when_doubled_over'])} times the"
            f" multiplications, softmax {number(metrics['softmax_operations_when_doubled_over'])} times. The"
            " recurrent form"
            f" multiplies less from {number(metrics['cheaper_from_tokens'])} tokens on."
        ),
        plot=drawn,
        height=320,
        half=True,
    )


def _recall(result: LinearResult, metrics: Measurements) -> Figure:
    def errors(keys: str, softmax: bool = False) -> tuple[np.ndarray, np.ndarray]:
        found = result.by_pairs[keys]
        return (
            np.array(list(found)),
            np.array([recall.softmax_error if softmax else recall.error for recall in found.values()]),
        )

    error = Strip(
        "error of the recalled values, share of their length",
        {
            "kernel, keys at right angles": errors("at right angles"),
            "kernel, random keys": errors("random"),
            "softmax, random keys": errors("random", softmax=True),
        },
        y_range=(-0.05, 1.25),
        colours=(ACCENT, SERIES[1], INK_3),
    )
    own = result.by_pairs[result.controls.keys]
    rank = Strip(
        "rank of the state",
        {"rank": (np.array(list(own)), np.array([recall.rank for recall in own.values()]))},
        y_range=(0, DIMENSION + 3),
        colours=(ACCENT,),
    )
    return Figure(
        title="Pairs written, then recalled by their keys",
        caption=(
            "{accent|The kernel} holds at best 16 pairs. With {c2|random keys} it errs early, {ink-3|softmax} does not."
        ),
        text=(
            f"After {result.controls.pairs} pairs with keys {result.controls.keys}, the kernel errs by"
            f" {number(metrics['recall_error'])} of a value’s length, softmax by"
            f" {number(metrics['softmax_recall_error'])}. The"
            f" state has {number(metrics['state_numbers'])} numbers per head, for any length of text."
        ),
        plot=strips([error, rank], x_title="pairs written", marks={"16 features": (DIMENSION + 0.5, "right")}),
        height=320,
        half=True,
    )
