"""Three figures of the start token: mean losses, first words, and the typed text."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.start_token.run import ARMS, LENGTH, StartResult
from app.provenance.origin import Plotted, computed
from models.probability.sequence_surprise import surprises
from visualizers.distribution import bars, grouped_bars
from visualizers.theme import ACCENT, INK_3
from visualizers.tokens import token_bars


def figures(result: StartResult, metrics: Measurements) -> Figures:
    return {
        "starts": _starts(result, metrics),
        "first words": _first_words(result, metrics),
        "typed": _typed(result),
    }


def _starts(result: StartResult, metrics: Measurements) -> Figure:
    values = np.array(list(result.arms.values()))
    return Figure(
        title=f"Loss of words 2 to {LENGTH}, by what stands before the text",
        caption=(
            "Nats per token, the same held-out texts each time. {accent|Accent}: as it is set now. Text: the end of an"
            " earlier text."
        ),
        text=(
            f"Behind the start token the loss is {metrics['loss_behind_start_nats']:.2f} nats per token, behind nothing"
            f" {metrics['loss_behind_nothing_nats']:.2f}, behind a full stop"
            f" {metrics['loss_behind_full_stop_nats']:.2f}."
        ),
        plot=bars(
            values, labels=list(ARMS), y_range=(0, 1.15 * float(values.max())),
            colours=[ACCENT if start == result.controls.start else INK_3 for start in ARMS.values()],
        ),
        height=240,
    )  # fmt: skip


def _first_words(result: StartResult, metrics: Measurements) -> Figure:
    known = "first_word_distance" in metrics
    return Figure(
        title="The first word of a text",
        caption=(
            "{trace:predicted|Predicted} behind what stands before the text; {trace:counted|counted} in 1 500 texts."
            if known
            else "Behind nothing there is no prediction. {trace:counted|Counted} in 1 500 texts."
        ),
        text=(
            f"The total variation distance of all first words is {metrics['first_word_distance']:.2f}."
            if known
            else "Without any token before it, the first word has no prediction."
        ),
        plot=grouped_bars(
            {
                "predicted": result.predicted[result.shown].numpy() if known else np.zeros(len(result.shown)),
                "counted": result.counted[result.shown].numpy(),
            },
            labels=result.words,
        ),
        height=270,
        half=True,
    )


def _typed(result: StartResult) -> Figure:
    series = {name: values.numpy() for name, values in result.typed.items()}
    lost = float(np.nansum(series["without"][1:]) - np.nansum(series["with"][1:]))
    return Figure(
        title="Your text: loss of each token, nats",
        caption="{trace:with|With} the start token before the text and {trace:without|without} it.",
        text=(
            f"From the second token of your text on, the loss without the start token is {abs(lost):.2f} nats"
            f" {'higher' if lost >= 0 else 'lower'} in all."
        ),
        plot=token_bars(result.pieces, {name: np.nan_to_num(values) for name, values in series.items()}),
        height=270,
        half=True,
        sources=[Plotted(computed(surprises, z=result.z, ids=result.started), lambda found: found[0], trace="with")],
    )
