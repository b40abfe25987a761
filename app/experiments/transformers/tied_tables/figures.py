"""How many next symbols each model has right, what two of them predict, and what tying saves in published models."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.tied_tables.run import ARMS, TieResult
from app.number_format import number
from app.provenance.origin import Plotted
from models.published.configs import CONFIGS
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import tiles
from visualizers.theme import ACCENT, MARK

PUBLISHED = ("GPT-2", "SmolLM2 135M", "Gemma 2 9B", "Llama 2 7B", "Llama 3 8B", "Llama 3 70B")


def figures(result: TieResult, metrics: Measurements) -> Figures:
    return {
        "right": _right(result, metrics),
        "predictions": _predictions(result, metrics),
        "saved": _saved(result),
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


def _saved(result: TieResult) -> Figure:
    tied = [CONFIGS[name].tied for name in PUBLISHED]
    shares = np.array([result.saved[name][1] for name in PUBLISHED])
    most = int(shares.argmax())
    return Figure(
        title="One table, as a share of the model with two",
        caption="{accent|Tied models} save this share. {mark|The others} have two tables.",
        text=(
            f"{PUBLISHED[most]} would have {number(result.saved[PUBLISHED[most]][0])} weights more with two tables:"
            f" {shares[most]:.0%} of that larger model."
        ),
        plot=horizontal_bars(
            shares, labels=[name if CONFIGS[name].tied else f"{name}, two tables" for name in PUBLISHED],
            colours=[ACCENT if one else MARK for one in tied], as_="{:.1%}", left=160,
        ).update_xaxes(range=[0, 1.3 * shares.max()], tickformat=".0%"),
        height=270,
        half=True,
    )  # fmt: skip
