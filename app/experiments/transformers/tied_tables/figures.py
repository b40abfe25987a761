"""How many next symbols each model has right, what two of them predict, and a decoder with one table or two."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.recorded_arms import losses, together, weights
from app.experiments.transformers.tied_tables.run import ARMS, EARLY, TieResult
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import tiles

PUBLISHED = ("GPT-2", "SmolLM2 135M", "Gemma 2 9B", "Llama 2 7B", "Llama 3 8B", "Llama 3 70B")
FIRST = 50
"""Steps of the decoders before which the axis would have to begin far above."""


def figures(result: TieResult, metrics: Measurements) -> Figures:
    return {
        "right": _right(result, metrics),
        "predictions": _predictions(result, metrics),
        "decoders": _decoders(result, metrics),
    }


def _right(result: TieResult, metrics: Measurements) -> Figure:
    shares = result.progress.newest
    second = "; the second one starts as a copy" if result.controls.tables == "a copy that trains apart" else ""
    return Figure(
        title="Next symbols that are right, of 32",
        caption=(
            f"Four models learn the same rule. {{accent|The one chosen}}; the others for comparison{second}."
            f" After {result.progress.step} steps."
        ),
        text=(
            f"With one table and nothing between its two uses, {metrics['tied_alone_right_share']:.0%} are right; with"
            f" two tables {metrics['two_tables_alone_right_share']:.0%}. The model chosen has"
            f" {metrics['right_share']:.0%} right."
        ),
        plot=horizontal_bars(
            shares.numpy(), labels=list(ARMS.values()), picked=ARMS[result.controls.arm], as_="{:.0%}", left=190,
            x_title="share of right next symbols",
        ).update_xaxes(range=[0, 1.18], tickformat=".0%", tickvals=[0, 0.5, 1]),
        height=210,
        sources=[Plotted(shares, trace="values")],
    )  # fmt: skip


def _predictions(result: TieResult, metrics: Measurements) -> Figure:
    order = result.order
    arms = [(True, "nothing"), result.controls.arm]
    arms = arms if arms[0] != arms[1] else [(True, "nothing"), (False, "nothing")]
    p = np.stack([result.z[arm].softmax(dim=1)[order][:, order].numpy() for arm in arms])[None]
    return Figure(
        title="Probability of each next symbol",
        caption=(
            "Rows: the symbol read. Columns: the next one, both in the rule’s own order. Tied with nothing between,"
            " the logits are symmetric: what favours a → b favours b → a."
        ),
        text=(
            "Tied with nothing between, the next symbol gets a probability of"
            f" {metrics['tied_alone_next_probability']:.2f} on average, and the way back from it to the symbol before"
            f" gets {metrics['tied_alone_back_probability']:.2f}."
        ),
        plot=tiles(p, row_labels=[""], column_labels=[ARMS[arm] for arm in arms]).update_layout(
            margin={"l": 8, "r": 8, "t": 24, "b": 6}
        ),
        height=270,
        half=True,
    )


def _decoders(result: TieResult, metrics: Measurements) -> Figure:
    plot, sources = together(("tied", "untied"), FIRST, 190)
    gain, most = metrics["decoder_gain_nats"], max(PUBLISHED, key=lambda name: result.saved[name][1])
    least = min(PUBLISHED, key=lambda name: result.saved[name][1])
    return Figure(
        title="In a decoder: loss on held-out text, nats per token",
        caption=(
            f"Recorded. {{trace:one table|One table}}: {number(weights('tied'))} weights. {{trace:two tables|Two}}:"
            f" {number(weights('untied'))}. Line: mean of five trainings. Band: all five."
        ),
        text=(
            f"In the decoders, two tables are {metrics['decoder_early_gain_nats']:.2f} nats lower after {EARLY} steps."
            f" They end {abs(gain):.3f} nats {'lower' if gain > 0 else 'higher'} than one, at"
            f" {losses('untied')[:, -1].mean():.2f} nats per token. The standard deviation over five pairs of trainings"
            f" is {metrics['decoder_gain_spread_nats']:.3f}. A token’s input and output row have a mean cosine of"
            f" {metrics['decoder_row_cosine']:.3f}; rows of different tokens have"
            f" {metrics['decoder_other_row_cosine']:.3f}. In published models, one table is"
            f" {result.saved[least][1]:.1%} of the weights ({least}) to {result.saved[most][1]:.0%} ({most}, which"
            f" saves {number(result.saved[most][0])}), if there are two."
        ),
        plot=plot,
        height=270,
        half=True,
        sources=sources,
    )
