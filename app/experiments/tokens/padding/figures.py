"""Two figures of padding: the batch and its next tokens, and what padding of each kind changes."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.padding.run import ARMS, SHOWN, PaddingResult
from visualizers.distribution import bars
from visualizers.padded_batch import padded_batch
from visualizers.theme import ACCENT, INK_3

ROOM = 1.18


def figures(result: PaddingResult, metrics: Measurements) -> Figures:
    return {
        "batch": _batch(result, metrics),
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


def _written(change: float) -> str:
    """A change of a logit; what rounding alone gives is no change."""
    return "less than 0.001" if change < 1e-3 else f"{change:.1f}"


def _arms(result: PaddingResult, metrics: Measurements) -> Figure:
    values = np.array(list(result.changes.values())).round(3)  # what rounding alone gives is no change
    c = result.controls
    now = c.model_dump()
    reading = now.pop("read").endswith("token")
    base = {"side": "left", "mask": "hidden by the mask", "counted": "from the first real token"}
    here = [reading and all(now[name] == value for name, value in (base | arm).items()) for arm in ARMS.values()]
    labels = [name.replace(", ", ": ") for name in ARMS]
    plot = bars(
        values, labels=labels, y_range=(0, ROOM * float(values.max())),
        colours=[ACCENT if this else INK_3 for this in here], write=True,
    )  # fmt: skip
    return Figure(
        title=f"Largest change of a logit against the prompts alone, {c.model}",
        caption=(
            "Pads left or right, hidden by the mask or visible; by column: positions count the pads."
            + (" {accent|Accent}: as it is set now." if any(here) else "")
        ),
        text=(
            f"Visible pads change a logit by {_written(metrics['change_left_visible'])} at the left and by"
            f" {_written(metrics['change_right_visible'])} at the right. Positions that count masked pads change one by"
            f" {_written(metrics['change_left_by_column'])}. As it is set now, {metrics['rows_changed_share']:.0%} of"
            " the rows change."
        ),
        plot=plot.update_xaxes(ticktext=[name.replace(", ", ":<br>") for name in ARMS], tickangle=0),
        height=230,
    )
