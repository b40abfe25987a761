"""Three figures of token ids: the text in numbers, losses in new ones, and the lengths of all rows."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.renumbering.run import ARMS, RenumberingResult
from app.number_format import number
from visualizers.distribution import bars
from visualizers.dots_by_group import dots_by_group
from visualizers.theme import ACCENT, INK_3
from visualizers.token_table import token_table


def figures(result: RenumberingResult, metrics: Measurements) -> Figures:
    return {
        "losses": _losses(result, metrics),
        "ids": _ids(result, metrics),
        "lengths": _lengths(result, metrics),
    }


def _ids(result: RenumberingResult, metrics: Measurements) -> Figure:
    old, new = result.ids[0].tolist(), result.new_ids[0].tolist()
    return Figure(
        title="The text, its ids and their new numbers",
        caption="Each token has one number. Dark columns: the number has changed.",
        text=(
            f"{sum(a != b for a, b in zip(old, new))} of the text’s {len(old)} tokens have new ids, and"
            f" {number(metrics['new_ids'])} of all 1 024."
        ),
        plot=token_table(
            {"token": result.pieces, "id": list(map(str, old)), "new id": list(map(str, new))},
            lit=[a != b for a, b in zip(old, new)],
        ),
        height=270,
        half=True,
    )


def _losses(result: RenumberingResult, metrics: Measurements) -> Figure:
    c, arms = result.controls, dict(result.arms)
    here = next((name for name, arm in ARMS.items() if arm == (c.which, c.rows)), None)
    if here is None:
        here = "as set now"
        arms[here] = result.arm.loss
    values = np.array(list(arms.values()))
    return Figure(
        title="Loss on held-out texts, nats per token",
        caption=(
            "{accent|Accent}: as it is set now. Dashed: a uniform guess among 1 024 tokens. Where rows move with their"
            " ids, the loss stays."
        ),
        text=(
            f"As it is set now the loss is {metrics['loss_nats']:.2f} nats per token; as trained it is"
            f" {metrics['loss_as_trained_nats']:.2f}. A uniform guess has {metrics['uniform_guess_nats']:.2f}."
        ),
        plot=bars(
            values, labels=list(arms), y_range=(0, 1.15 * float(values.max())), even=metrics["uniform_guess_nats"],
            even_label="", colours=[ACCENT if name == here else INK_3 for name in arms],
        ),
        height=240,
    )  # fmt: skip


def _lengths(result: RenumberingResult, metrics: Measurements) -> Figure:
    number, norms, used = np.arange(len(result.norms)), result.norms.numpy(), result.used.numpy()
    return Figure(
        title="Length of every row, by its number",
        caption=(
            "{trace:used|Used}: the id occurs in 32 000 tokens of text like that of training. {trace:never|Never}: it"
            " does not."
        ),
        text=(
            f"{metrics['used_ids']:.0f} of 1 024 ids are used. Of a used and an unused id at random, the unused one has"
            f" the longer row with probability {metrics['unused_rows_longer_share']:.2f}."
        ),
        plot=dots_by_group(
            {"used": (number[used], norms[used]), "never": (number[~used], norms[~used])},
            x_title="row number", y_title="length",
        ),
        height=270,
        half=True,
    )  # fmt: skip
