"""Three figures of addressing: the four stages over the memory, the focus over many shifts, and rows in write order."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.energy.focus_entropy import focus_entropy
from app.experiments.energy.head_stages.focus import REPEATS
from app.experiments.energy.head_stages.run import FOUND, ITEMS, ROWS, StageResult
from app.provenance.origin import Plotted, computed
from models.memory.addressing import by_content, interpolated, sharpened, shifted
from visualizers.grids import Grid, grids
from visualizers.matrix import heatmap
from visualizers.read_text import Cells, height_of, read_text

READ_BY = {"links": "links, forwards", "links backwards": "links, backwards", "next row": "a shift of one row"}


def figures(result: StageResult, metrics: Measurements) -> Figures:
    return {
        "stages": _stages(result, metrics),
        "shifts": _shifts(result, metrics),
        "order": _order(result, metrics),
    }


def _stages(result: StageResult, metrics: Measurements) -> Figure:
    c = result.controls
    found, target = FOUND, (FOUND + c.shift) % ROWS
    content = computed(
        by_content, key=result.key, strength=torch.tensor([c.strength]), memory=result.memory
    )  # fmt: skip
    gate = torch.tensor([c.gate])
    if c.order == "gate, then shift":
        gated = computed(interpolated, content=content, before=result.before, gate=gate)
        moved = computed(shifted, weighting=gated, kernel=result.kernel)
        names = ("after the gate", "after the shift")
    else:
        gated = computed(shifted, weighting=result.before, kernel=result.kernel)
        moved = computed(interpolated, content=content, before=gated, gate=gate)
        names = ("focus before, shifted", "after the gate")
    final = computed(sharpened, weighting=moved, sharpening=torch.tensor([c.sharpening]))
    stages = {"by content": content, names[0]: gated, names[1]: moved, "after sharpening": final}
    titled = {f"{name}: {focus_entropy(part.tensor):.2f} bits": part for name, part in stages.items()}
    charts = [
        Cells("memory, a column per row", result.memory.T.numpy(), high=float(result.memory.abs().max()), signed=True),
        Cells("focus before", result.before[None].numpy()),
        *[Cells(title, part.tensor[None].numpy()) for title, part in titled.items()],
    ]
    return Figure(
        title="The four stages, and the entropy of the focus after each",
        caption=(
            f"The key resembles row {found}; a shift of {c.shift:+d} leads to row {target} (dotted lines). The"
            " stronger the colour, the more weight; 0 bits: all on one row. The last strip is where the head reads."
        ),
        text=(
            f"The key finds row {found} with {metrics['weight_found_by_content']:.1%} of the weight. After the four"
            f" stages, {metrics['weight_one_shift_on']:.1%} of it is on row {target}."
        ),
        plot=read_text(list(map(str, range(ROWS))), charts, x_title="row of the memory", marks=sorted({found, target})),
        height=height_of(charts) + 14,
        sources=[
            Plotted(result.memory, lambda part: part.T, trace="memory, a column per row"),
            Plotted(result.before, lambda part: part[None], trace="focus before"),
            *[Plotted(part, lambda part: part[None], trace=title) for title, part in titled.items()],
        ],
    )


def _shifts(result: StageResult, metrics: Measurements) -> Figure:
    c = result.controls
    drawn = heatmap(
        result.focus.numpy(), high=1.0,
        rows=[str(at) if at % 5 == 0 else "" for at in range(REPEATS + 1)],
        columns=[str(row) if row % 3 == 0 else "" for row in range(ROWS)],
        row_title="shifts done", column_title="row of the memory",
    )  # fmt: skip
    return Figure(
        title=f"The focus over {REPEATS} shifts",
        caption=(
            f"A shift of {c.shift:+d} with a blur of {c.blur:.2f}, again and again, each sharpened by γ ="
            f" {c.sharpening:g}. A narrow line is a focus that holds."
        ),
        text=(
            f"After {REPEATS} shifts the strongest row has {metrics['focus_after_20_shifts']:.1%} of the weight;"
            f" without sharpening it has {metrics['focus_after_20_shifts_unsharpened']:.1%}, and the variance grows by"
            f" {metrics['variance_per_shift_unsharpened']:.2f} rows² per shift."
        ),
        plot=drawn,
        height=300,
        half=True,
        sources=[Plotted(result.focus)],
    )


def _order(result: StageResult, metrics: Measurements) -> Figure:
    c = result.controls
    wrote, readings = result.trace.writes[0], result.readings
    parts = {
        "written": Grid(wrote.numpy(), (0, 0), "written, step by step", high=1.0),
        "read": Grid(readings.numpy(), (0, ITEMS + 2), "read, step by step", high=1.0),
    }
    rows = [int(row) for row in wrote.argmax(-1)]
    return Figure(
        title=f"{ITEMS} items written one after the other, then read by {READ_BY[c.follow]}",
        caption=(
            "Each line is a step, each column a row of the memory. Writes take the freest row, wherever it is."
            " Compare the two: are the same rows read in the same order?"
        ),
        text=(
            f"The items went to rows {', '.join(map(str, rows))}. Read by {READ_BY[c.follow]},"
            f" {metrics['rows_in_write_order']:.0%} of the rows come in that order, and"
            f" {metrics['bits_in_write_order']:.0%} of their bits are as written."
        ),
        plot=grids(parts),
        height=300,
        half=True,
        sources=[Plotted(wrote, trace="written"), Plotted(readings, trace="read")],
    )
