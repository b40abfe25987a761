"""Three figures of a vocabulary: recall by how often people are named, use of all tokens by rank, and typed words."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.word_frequencies.run import COVERED, GROUP, FrequencyResult
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.tokenization.token_counts import ranked_shares
from visualizers.curve import curves
from visualizers.distribution import grouped_bars
from visualizers.theme import ACCENT, INK_3
from visualizers.token_table import token_table

TEXT, ZIPF = "tokens", "1/rank"


def figures(result: FrequencyResult, metrics: Measurements) -> Figures:
    return {
        "recall": _recall(result, metrics),
        "ranks": _ranks(result, metrics),
        "typed": _typed(result),
    }


def _recall(result: FrequencyResult, metrics: Measurements) -> Figure:
    shown = {name: one.recall.view(-1, GROUP).mean(dim=1).numpy() for name, one in result.asked.items()}
    first, other = result.asked
    count = len(shown[first])
    steps = {name: f"{number(one.steps)} steps" for name, one in result.asked.items()}
    plot = grouped_bars(
        shown, labels=[f"{GROUP * at + 1}–{GROUP * (at + 1)}" for at in range(count)],
        x_title="rank of the person, the most often named first",
    ).update_yaxes(range=[0, 1.06])  # fmt: skip
    return Figure(
        title="Facts recalled, by how often a person is named in training",
        caption=(
            f"People in groups of {GROUP}. {{trace:{first}|{first.capitalize()}}} ({steps[first]}) and, beside it,"
            f" {{trace:{other}|{other}}} ({steps[other]}): two trainings on equally long texts."
        ),
        text=(
            f"Of the first 12 people {metrics['recall_often_named']:.0%} of the facts are recalled. Of the last 12 it"
            f" is {metrics['recall_seldom_named']:.0%}. "
            + (
                "All are named equally often."
                if result.controls.frequencies == "equal"
                else f"The first 12 are named {metrics['named_ratio']:.0f} times as often as the last."
            )
        ),
        plot=plot,
        height=270,
    )


def _ranks(result: FrequencyResult, metrics: Measurements) -> Figure:
    used = int(metrics["used_tokens"])
    ranks = np.arange(1, used + 1)
    f = computed(ranked_shares, n=result.counted)
    lines = {TEXT: f.tensor[:used].numpy(), ZIPF: f.tensor[0].item() / ranks}
    plot = curves(ranks, lines, x_title="rank", x_log=True, y_log=True, room=60, colours={TEXT: ACCENT, ZIPF: INK_3})
    tens = {"dtick": 1, "tickformat": "~g"}
    return Figure(
        title="Share of the text, by rank of the token",
        caption=f"{{trace:{TEXT}|Tokens}} of 32 000 tokens of text; {{trace:{ZIPF}|1/rank}} for comparison.",
        text=(
            f"{used} of 1 024 tokens occur. The {COVERED} most frequent make up {metrics['coverage_of_100']:.0%} of the"
            " text."
        ),
        plot=plot.update_xaxes(tens).update_yaxes(tens),
        height=270,
        half=True,
        sources=[Plotted(f, lambda shares: shares[:used], trace=TEXT)],
    )


def _typed(result: FrequencyResult) -> Figure:
    ids = result.ids[0].tolist()
    total = int(result.counted.sum())
    rates = [10_000 * int(result.counted[i]) / total for i in ids]
    written = [f"{rate:.0f}" if rate >= 100 else f"{rate:.2g}" for rate in rates]
    unused = sum(rate == 0 for rate in rates)
    return Figure(
        title="Your words in this vocabulary",
        caption="A word without a token of its own is cut into pieces (·). Dark columns: the token does not occur.",
        text=f"{len(ids) - unused} of your {len(ids)} tokens occur in the counted text, {unused} do not.",
        plot=token_table(
            {
                "token": result.pieces,
                "id": list(map(str, ids)),
                "per 10 000": written,
            },
            lit=[rate == 0 for rate in rates],
            left=66,
        ),
        height=270,
        half=True,
    )
