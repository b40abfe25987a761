"""Three figures of a machine that copies: its heads over the steps, the memory at each step, accuracy by length."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.energy.copying.machines import LENGTHS
from app.experiments.energy.copying.run import TWICE, CopyingResult
from app.provenance.origin import Plotted
from models.data.copied_rows import answers
from models.memory.neural_computer import ComputerTrace
from models.training.copying import LONGEST
from visualizers.banded_curves import banded_curves
from visualizers.curve import mark_x
from visualizers.marks import reference_line
from visualizers.memory_steps import memory_steps
from visualizers.read_text import Cells, height_of, read_text

GIVEN, WRITE, READ, BACK = "rows of bits that come in", "write head", "read head", "bits given back"
MODES = "read by: links backwards, content, links forwards"
MACHINE, COMPUTER, LSTM = "NTM", "DNC", "LSTM"


def figures(result: CopyingResult, metrics: Measurements) -> Figures:
    return {
        "heads": _heads(result, metrics),
        "memory": _memory(result, metrics),
        "lengths": _lengths(result, metrics),
    }


def steps_of(length: int) -> list[str]:
    """What happens at each step: a row comes in, the end mark, a row is asked for."""
    return [*(f"in {row + 1}" for row in range(length)), "end", *(f"out {row + 1}" for row in range(length))]


def _heads(result: CopyingResult, metrics: Measurements) -> Figure:
    L = result.controls.length
    x, writes, reads, trace = result.text.x[0], result.writes, result.reads, result.trace
    back = (answers(result.logits) / 2).tanh()  # 2σ(y) − 1: from −1 to 1 as the bits come in
    back = torch.cat([torch.full_like(result.logits[: L + 1], torch.nan), back])
    labels = [str(row + 1) for row in range(L)]
    charts = [
        Cells(GIVEN, x.T.numpy(), signed=True),
        Cells(f"{WRITE}: a line per row of the memory", writes.T.numpy()),
        Cells(f"{READ}: a line per row of the memory", reads.T.numpy()),
        Cells(BACK, back.T.numpy(), signed=True),
    ]
    titles = [chart.title for chart in charts]
    sources = [
        Plotted(result.text.x, lambda x: x[0].T, trace=titles[0]),
        Plotted(writes, lambda w: w.T, trace=titles[1]),
        Plotted(reads, lambda w: w.T, trace=titles[2]),
        Plotted(back, lambda y: y.T, trace=titles[3]),
    ]
    follow, said = (
        "Follow the write head from row to row of the memory, then see whether the read head takes the same path.",
        f"From the end mark on, the read head moves as the write head did at {metrics['reads_move_like_writes']:.0%} of"
        " the steps.",
    )
    if isinstance(trace, ComputerTrace):
        charts.insert(3, Cells(MODES, trace.modes[0].T.numpy(), rows=("back", "content", "forth")))
        sources.append(Plotted(trace.modes, lambda modes: modes[0].T, trace=MODES))
        follow, said = (
            "Each write goes to a free row, wherever it is. Does the read head find the same rows in the same order?",
            f"From the end mark on, the read head comes to {metrics['reads_in_write_order']:.0%} of the rows in the"
            f" order of writing. After it, links forwards have {metrics['read_by_links_forwards']:.0%} of the read"
            " weight.",
        )
    return Figure(
        title=f"Copying {L} rows: where the heads are at each step",
        caption=(
            f"Left of the dotted line the rows come in, right of it they are asked for. {follow} Two colours: bits 0"
            " and 1."
        ),
        text=(f"{metrics['bits_right']:.1%} of the bits are given back rightly. {said}"),
        plot=read_text([*labels, "end", *labels], charts, x_title="step", marks=[L]),
        height=height_of(charts),
        sources=sources,
    )


def _memory(result: CopyingResult, metrics: Measurements) -> Figure:
    L, computer = result.controls.length, result.controls.computer
    parts = (result.memories, result.writes, result.reads)
    chosen = (
        "The write head takes the row that is used least"
        if computer
        else f"While rows come in, one shift has {metrics['strongest_shift']:.1%} of the write head’s shift kernel"
    )
    return Figure(
        title="The memory, step by step",
        caption="A line is one row of the memory; at its sides the focus of both heads. Step through the copying.",
        text=(
            f"{chosen}. Its focus has an entropy of {metrics['write_entropy_bits']:.2f} bits; on a single row it would"
            " be 0."
        ),
        plot=memory_steps(*(part.numpy() for part in parts), names=steps_of(L), start=L - 1),
        height=380,
        half=True,
        steps="step",
        start=L - 1,
        sources=[
            Plotted(parts[0], trace="memory", framed=True),
            Plotted(parts[1], lambda w: w[..., None], trace="write head", framed=True),
            Plotted(parts[2], lambda w: w[..., None], trace="read head", framed=True),
        ],
    )


def _lengths(result: CopyingResult, metrics: Measurements) -> Figure:
    tables = {MACHINE: result.machine, COMPUTER: result.computer, LSTM: result.lstm}
    drawn = banded_curves(
        torch.tensor(LENGTHS).numpy(), {name: table.numpy() for name, table in tables.items()},
        x_title="rows to copy", y_range=(0.45, 1.03), pixels=310,
    )  # fmt: skip
    drawn.add_shape(reference_line(y=0.5))
    mark_x(drawn, LONGEST, "longest in training")
    return Figure(
        title="Bits given back rightly, by length",
        caption=(
            "Mean of five trainings each, from the worst to the best as a band: {trace:NTM|Turing machines},"
            " {trace:DNC|computers with links} for shifts, and {trace:LSTM|LSTMs} of as many weights. Dotted: guessing."
        ),
        text=(
            f"With {TWICE} rows, twice as many as in training, the Turing machine gives back"
            f" {metrics['accuracy_at_twice_the_length']:.1%} of the bits, the DNC"
            f" {metrics['computer_at_twice_the_length']:.1%}, the LSTM {metrics['lstm_at_twice_the_length']:.1%}, and"
            f" {metrics['longer_lstm_at_twice_the_length']:.1%} if trained four times longer."
        ),
        plot=drawn,
        height=380,
        half=True,
        sources=[Plotted(table.mean(dim=0), trace=name) for name, table in tables.items()],
    )
