"""Three figures of padding: the batch and its next tokens, changes by row, and changes by kind of padding."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.padding.run import ARMS, EXTRA, SHOWN, PaddingResult
from visualizers.distribution import bars
from visualizers.padded_batch import padded_batch
from visualizers.theme import ACCENT, INK_3

ROOM = 1.18


def figures(result: PaddingResult, metrics: Measurements) -> Figures:
    return {
        "batch": _batch(result, metrics),
        "rows": _rows(result, metrics),
        "arms": _arms(result, metrics),
    }


def _batch(result: PaddingResult, metrics: Measurements) -> Figure:
    count = len(result.right)
    return Figure(
        title=f"{SHOWN} of {count} prompts in one batch, and the next token of each",
        caption="Coloured cells are real tokens, dots are pads. Behind each arrow: the next token; ✓ right, ✗ wrong.",
        text=(
            f"{metrics['pad_share']:.0%} of the batch are pads. {metrics['right_share']:.0%} of the {count} answers are"
            " right."
        ),
        plot=padded_batch(result.words, result.batch.m[:SHOWN].numpy(), result.said, result.right[:SHOWN].tolist()),
        height=250,
    )


def _rows(result: PaddingResult, metrics: Measurements) -> Figure:
    pads = (~result.batch.m).sum(dim=1)
    order = pads.argsort(stable=True)
    change = result.change[order].numpy()
    top = max(float(change.max()), 1.0)
    return Figure(
        title="Largest change of a logit, row by row",
        caption=f"Against each prompt alone, as it is set now. Left: the longest prompts, with {EXTRA} pads each.",
        text=(
            f"{metrics['rows_changed_share']:.0%} of the rows change by more than 0.01; the largest change is"
            f" {metrics['largest_logit_change']:.2g}."
        ),
        plot=bars(
            change, labels=[str(int(n)) for n in pads[order]], x_title="pads of the row", y_range=(0, ROOM * top),
            write=False,
        ),
        height=270,
        half=True,
    )  # fmt: skip


def _arms(result: PaddingResult, metrics: Measurements) -> Figure:
    values = np.array(list(result.changes.values()))
    c = result.controls
    now = c.model_dump()
    reading = now.pop("read").endswith("token")
    base = {"side": "left", "mask": "hidden by the mask", "counted": "from the first real token"}
    here = [reading and all(now[name] == value for name, value in (base | arm).items()) for arm in ARMS.values()]
    return Figure(
        title=f"The same over all rows, {c.model}",
        caption=(
            "Pads left or right, hidden by the mask or visible; by column: positions count the pads."
            + (" {accent|Accent}: as it is set now." if any(here) else "")
        ),
        text=(
            f"Visible pads change a logit by up to {metrics['change_left_visible']:.2g} at the left and by"
            f" {metrics['change_right_visible']:.1g} at the right. Positions that count masked pads change one by up to"
            f" {metrics['change_left_by_column']:.2g}."
        ),
        plot=bars(
            values, labels=[name.replace(", ", ": ") for name in ARMS], y_range=(0, ROOM * float(values.max())),
            colours=[ACCENT if this else INK_3 for this in here], write=False,
        ),
        height=270,
        half=True,
    )  # fmt: skip
