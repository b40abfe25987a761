"""All rows of the table and which of them the step changed, the same counted for each optimizer, and a lookup."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.embedding_rows.run import EmbeddingRowsResult, changed_absent, in_batch
from app.number_format import number, small
from app.provenance.origin import Plotted, computed
from models.layers.embedding import lookup
from models.tokenization.tokenizer import labels
from visualizers.matrix import heatmap
from visualizers.table_rows import row_sheet, stacked_counts

COLUMNS = 64
IN_BATCH, ABSENT = "in the batch", "not in the batch"


def figures(result: EmbeddingRowsResult, metrics: Measurements) -> Figures:
    return {"rows": _rows(result, metrics), "rules": _rules(result, metrics), "lookup": _lookup(result, metrics)}


def _rows(result: EmbeddingRowsResult, metrics: Measurements) -> Figure:
    own = result.trained
    absent = int(metrics["absent_rows_changed"])
    return Figure(
        title=f"The {number(len(own.table))} rows of the table after one more step",
        caption=(
            "A cell per token. {seq|Blue}: this step changed its row, the darker the more."
            " {trace:tokens of the batch|Dots}: the token stands in the batch."
        ),
        text=(
            f"The batch has {metrics['rows_in_the_batch']:.0f} different tokens. The step changed"
            f" {metrics['rows_changed']:.0f} rows, {absent} of which belong to tokens that are not in the batch."
        ),
        plot=row_sheet(own.step.change.numpy(), in_batch(own).numpy(), labels(), columns=COLUMNS),
        height=290,
    )


def _rules(result: EmbeddingRowsResult, metrics: Measurements) -> Figure:
    absent = np.array([changed_absent(one) for one in result.others.values()])
    here = np.array([int(((one.step.change > 0) & in_batch(one)).sum()) for one in result.others.values()])
    names = list(result.others)
    most = names[int(absent.argmax())]
    tied = "one table for input and output" if result.controls.tied else "an output layer of its own"
    return Figure(
        title="Rows that one step changes, by optimizer",
        caption=(
            f"With {tied}. {{trace:{IN_BATCH}|In the batch}}, {{trace:{ABSENT}|not in the batch}}. At most 30 earlier"
            " batches for the optimizers that are not picked."
        ),
        text=(
            f"Every optimizer changes {number(absent.max())} rows of tokens that are not in the batch."
            if absent.min() == absent.max()
            else f"Of tokens that are not in the batch, {result.controls.rule} changes"
            f" {metrics['absent_rows_changed']:.0f} rows. {most} changes the most: {number(absent.max())}."
        ),
        plot=stacked_counts(
            {IN_BATCH: here, ABSENT: absent}, names, picked=result.controls.rule, x_title="rows changed", sets="rule"
        ),
        height=280,
        half=True,
    )


def _lookup(result: EmbeddingRowsResult, metrics: Measurements) -> Figure:
    rows = computed(lookup, ids=result.ids, E=result.trained.table)
    off = metrics["lookup_difference"]
    same = "gives the same numbers" if off == 0 else f"differs by {small(off)}"
    twice = len(result.pieces) - len(set(result.pieces))
    drawn = heatmap(
        rows.tensor.numpy(), rows=result.pieces, columns=[""] * rows.tensor.shape[1], column_title="dimension",
        signed=True,
    ).update_layout(margin={"l": 74, "r": 8, "t": 8, "b": 34})  # fmt: skip
    return Figure(
        title="The rows of your text",
        caption="Row by row the vectors that the layer hands on. The same token has the same row, wherever it stands.",
        text=(
            f"{len(result.pieces)} tokens are {len(result.pieces)} lookups in {len(set(result.pieces))} different rows"
            f"{f'; {twice} of them repeat an earlier one' if twice else ''}. The product with one-hot vectors {same}."
        ),
        plot=drawn,
        height=280,
        half=True,
        sources=[Plotted(rows, trace="values")],
    )
