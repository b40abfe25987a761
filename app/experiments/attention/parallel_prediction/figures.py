"""The figures of one pass: the same predictions as of every prefix, their gradients, and their losses."""

import numpy as np

from app.experiments.attention.parallel_prediction.run import PrefixResult
from app.experiments.base import Figure, Figures, Measurements
from visualizers.heads import token_map
from visualizers.matrix import heatmap
from visualizers.tokens import token_axis, token_bars, token_size


def figures(result: PrefixResult, metrics: Measurements) -> Figures:
    return {
        "prefixes": _prefixes(result, metrics),
        "gradients": _gradients(result, metrics),
        "losses": _losses(result, metrics),
    }


def _prefixes(result: PrefixResult, metrics: Measurements) -> Figure:
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
            "Each row is a run with one more token; the last row is one pass over all. No column changes downwards."
            if same
            else "Without the mask, columns change as tokens are added: earlier positions attend to later ones."
        ),
        text=(
            "The largest difference of a probability between one pass and the runs is"
            f" {metrics['largest_probability_difference']:.2g}."
        ),
        plot=drawn.update_xaxes(tickangle=-90).update_layout(margin={"l": 44, "r": 6, "t": 6, "b": 66}),
        height=330,
        half=True,
    )


def _gradients(result: PrefixResult, metrics: Measurements) -> Figure:
    tokens = result.pieces
    drawn = token_map(np.sqrt(result.gradients.numpy()), tokens[1:], tokens, column_title="token")
    drawn.update_traces(
        customdata=result.gradients.numpy().round(4).tolist(),
        hovertemplate="loss of %{y}, token %{x}<br>gradient %{customdata}<extra></extra>",
    )
    return Figure(
        title="Gradient of each loss, by token",
        caption="Rows: the word predicted. Columns: the token. Colour: square root of the gradient’s norm.",
        text=(
            f"{metrics['positions_with_a_loss']:g} positions have a loss. The largest gradient on a later token is"
            f" {metrics['largest_gradient_on_a_later_token']:.3g}."
        ),
        plot=drawn,
        height=330,
        half=True,
    )


def _losses(result: PrefixResult, metrics: Measurements) -> Figure:
    shown = result.shown
    return Figure(
        title="Loss of each next word, nats",
        caption="{c1|One pass} and {c2|a run for each prefix}. With the mask both have the same losses.",
        text=(
            f"The mean loss is {metrics['mean_loss_nats']:.3g} nats. The gradients of the two ways differ by"
            f" {metrics['gradient_difference_share']:.2g} of their size."
        ),
        plot=token_bars(
            result.pieces[1:], {"one pass": shown.loss_once.numpy(), "by prefix": shown.loss_by_prefix.numpy()}
        ),
        height=220,
    )
