"""The figures of one pass: the same forecasts as of every prefix, what each of them teaches, and its loss."""

import numpy as np

from app.experiments.attention.parallel_prediction.run import PrefixResult
from app.experiments.base import Figure, Figures, Measurements
from visualizers.heads import token_map
from visualizers.matrix import heatmap
from visualizers.tokens import token_axis, token_bars, token_size


def figures(result: PrefixResult, numbers: Measurements) -> Figures:
    return {
        "prefixes": _prefixes(result, numbers),
        "lessons": _lessons(result, numbers),
        "losses": _losses(result, numbers),
    }


def _prefixes(result: PrefixResult, numbers: Measurements) -> Figure:
    tokens, shown = result.pieces, result.shown
    gap = np.full((1, len(tokens) - 1), np.nan)
    values = np.concatenate([shown.right.numpy(), gap, shown.once.numpy()[None]])
    drawn = heatmap(
        values,
        rows=[*(str(length) for length in range(1, len(tokens))), "", "all"],
        columns=tokens[:-1],
        row_title="tokens read",
        column_title="after",
        high=1.0,
    )
    token_axis(drawn, tokens[:-1], None, "x", token_size(len(tokens)))
    same = result.controls.mask == "causal"
    return Figure(
        title="Probability of the true next word, run by run",
        caption=(
            "A row is a run on one word more; the last row is one pass over all. Down a column nothing changes."
            if same
            else "Without the mask a column changes as words are added: earlier forecasts see what came later."
        ),
        text=(
            f"Between one pass and the runs no probability differs by more than"
            f" {numbers['largest_probability_difference']:.2g}. The pass computes"
            f" {numbers['positions_computed_in_one_pass']:g} positions, the runs"
            f" {numbers['positions_computed_by_prefix']:g}."
        ),
        plot=drawn.update_xaxes(tickangle=-90).update_layout(margin={"l": 44, "r": 6, "t": 6, "b": 66}),
        height=330,
        half=True,
    )


def _lessons(result: PrefixResult, numbers: Measurements) -> Figure:
    tokens = result.pieces
    drawn = token_map(np.sqrt(result.lessons.numpy()), tokens[1:], tokens, column_title="teaches about")
    drawn.update_traces(
        customdata=result.lessons.numpy().round(4).tolist(),
        hovertemplate="forecast of %{y}, token %{x}<br>gradient %{customdata}<extra></extra>",
    )
    return Figure(
        title="What each forecast teaches, in the same pass",
        caption="A row is a word to be foreseen: how much its loss pulls on each token before it (square root).",
        text=(
            f"{numbers['forecasts_graded']:g} forecasts are graded; the strongest pull on a later token is"
            f" {numbers['largest_lesson_from_the_future']:.3g}."
        ),
        plot=drawn,
        height=330,
        half=True,
    )


def _losses(result: PrefixResult, numbers: Measurements) -> Figure:
    shown = result.shown
    return Figure(
        title="Loss of every next word, nats",
        caption="{c1|One pass} and {c2|a run for each prefix}: with the mask the bars are twins, and each is a lesson.",
        text=(
            f"The mean loss is {numbers['mean_loss_nats']:.3g} nats. The gradients of the two ways differ by"
            f" {numbers['gradient_difference_share']:.2g} of their size."
        ),
        plot=token_bars(
            result.pieces[1:], {"one pass": shown.loss_once.numpy(), "by prefix": shown.loss_by_prefix.numpy()}
        ),
        height=220,
    )
