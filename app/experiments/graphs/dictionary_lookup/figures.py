"""Two maps of edge weights: one in which every query finds its key, one in which all rank the keys alike."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.graphs.dictionary_lookup.run import Learned, LookupResult
from app.provenance.origin import Plotted
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import heatmap


def figures(result: LookupResult, metrics: Measurements) -> Figures:
    own, gat = result.controls.scoring, "GAT"
    right = torch.tensor([result.own.right, result.static.right])
    return {
        "chosen": _weights(own, result.own, metrics["accuracy_percent"]),
        "gat": _weights(f"{gat}, for comparison", result.static, metrics["gat_accuracy_percent"]),
        "accuracy": Figure(
            title="Correct answers, %",
            caption=f"On held-out dictionaries. Guessing is right for {metrics['guessing_percent']:.1f} %.",
            text=(
                f"{own} is right for {metrics['accuracy_percent']:.0f} %, GAT for"
                f" {metrics['gat_accuracy_percent']:.0f} %."
            ),
            plot=horizontal_bars(100 * right.numpy(), labels=[f"{own} (chosen)", gat], as_="{:.0f}"),
            height=140,
            sources=[Plotted(right, trace="values", unit=100.0)],
        ),
    }  # fmt: skip


def _weights(name: str, of: Learned, right: float) -> Figure:
    k = len(of.weights)
    drawn = heatmap(
        of.weights.numpy(), rows=list(map(str, range(k))), columns=list(map(str, range(k))), row_title="query",
        column_title="key", high=1.0,
    )  # fmt: skip
    return Figure(
        title=f"Edge weights of {name}",
        caption="One sample: a row per query, a column per key. The right key lies on the diagonal.",
        text=(
            f"The queries have {of.distinct:.1f} different first choices among {k} keys, and {right:.0f} % are answered"
            " correctly."
        ),
        plot=drawn,
        height=320,
        half=True,
        sources=[Plotted(of.weights)],
    )
