"""Three figures of a matrix memory: as it fills, what it answers, and how many pairs it recalls."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.matrix_memory.run import VARIANTS, MemoryResult
from app.provenance.origin import Plotted, computed
from models.layers.softmax import softmax
from models.recurrence.mlstm import unscaled
from models.training.extended_lstm import MOST_PAIRS
from visualizers.curve import apart, curves, mark_x
from visualizers.distribution import bars
from visualizers.filling_matrix import filling_matrix
from visualizers.theme import ACCENT, INK_3, SERIES

NAMES = {"matrix": "matrix", "matrix, random keys": "random keys", "k ⊙ v in 256 numbers": "k ⊙ v"}


def figures(result: MemoryResult, metrics: Measurements) -> Figures:
    return {"memory": _memory(result), "answer": _answer(result), "recall": _recall(result, metrics)}


def _memory(result: MemoryResult) -> Figure:
    memory = computed(unscaled, C=result.trace.memories, m=result.trace.stabilisers)
    stored = memory.tensor[0]
    return Figure(
        title="The matrix after each pair",
        caption="Rows are features of values, columns of keys. Step through the text: a pair adds value times key.",
        text=(
            f"The largest number in the matrix is {float(stored[0].abs().max()):.2g} in size after the first pair and"
            f" {float(stored[-2].abs().max()):.2g} after {len(result.labels) - 1}."
        ),
        plot=filling_matrix(stored[:-1].numpy(), result.labels[:-1]),
        height=330,
        steps="pair",
        start=len(result.labels) - 2,
        half=True,
        sources=[Plotted(memory, lambda C: C[0, :-1], trace="values", framed=True)],
    )


def _answer(result: MemoryResult) -> Figure:
    answer = computed(softmax, z=result.logits)
    probability = answer.tensor.numpy()
    told = (
        "No value was stated with this key."
        if result.answer is None
        else f"The memory gives {probability[result.answer]:.0%} to {result.answer}, the last value of this key."
    )
    return Figure(
        title=f"The answer to {result.labels[-1]}",
        caption="Probability of each value. {accent|The value that was stated} last with this key.",
        text=told,
        plot=bars(
            probability, labels=[str(value) for value in range(len(probability))], x_title="value", y_range=(0, 1.15),
            write=False,
            colours=[ACCENT if value == result.answer else INK_3 for value in range(len(probability))],
        ),
        height=330,
        half=True,
        sources=[Plotted(answer)],
    )  # fmt: skip


def _recall(result: MemoryResult, metrics: Measurements) -> Figure:
    c, counts = result.controls, list(result.course["matrix"])
    lines = {NAMES[memory]: np.array([result.course[memory][n] for n in counts]) for memory in VARIANTS}
    plot = curves(
        counts, lines, x_title="pairs stored", y_range=(0, 1.06), room=92, markers=True,
        colours={"matrix": ACCENT, "random keys": SERIES[2], "k ⊙ v": SERIES[1]},
    )  # fmt: skip
    return Figure(
        title="Values recalled, held-out texts",
        caption=(
            "{trace:matrix|Matrix of 16 × 16} with learned keys, {trace:random keys|with random unit keys}, and"
            " {trace:k ⊙ v|256 numbers to which k ⊙ v is added}. Dotted: the most pairs that training had."
        ),
        text=(
            f"Of {c.pairs} pairs, the matrix recalls {metrics['recall_matrix']:.0%}, with random keys"
            f" {metrics['recall_random_keys']:.0%}; k ⊙ v recalls {metrics['recall_vector']:.0%}."
        ),
        plot=mark_x(apart(plot, 220), MOST_PAIRS, "trained"),
        height=270,
    )
