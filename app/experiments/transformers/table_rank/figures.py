"""Loss by directions kept, room for random vectors by width, and what a width costs in a real model."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.table_rank.run import KEPT, REAL_WIDTHS, TEXT, VECTORS, WIDTHS, RankResult
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.curve import curves, mark_x
from visualizers.theme import ACCENT, SERIES


def figures(result: RankResult, metrics: Measurements) -> Figures:
    return {
        "losses": _losses(result, metrics),
        "overlap": _overlap(result, metrics),
        "widths": _widths(result, metrics),
    }


def _losses(result: RankResult, metrics: Measurements) -> Figure:
    c = result.controls
    whole = torch.full((len(KEPT),), result.loss)
    lines: dict[str, torch.Tensor] = {"all 192": whole, **{str(kind): line for kind, line in result.losses.items()}}
    plot = curves(
        KEPT, {name: line.numpy() for name, line in lines.items()}, x_title="directions kept of the table’s 192",
        markers=True, room=150,
    )  # fmt: skip
    plot.update_xaxes(tickvals=list(KEPT), range=[KEPT[0] - 8, KEPT[-1] + 4])
    ends = sorted(plot.layout.annotations, key=lambda note: note.y)
    for at, note in enumerate(ends):
        note.yshift = 14 * at
    return Figure(
        title="Loss of the trained decoder with fewer directions",
        caption=(
            "Each embedding is cut to its part along the directions kept, at the input and at the output."
            f" {{trace:{c.directions}|The directions chosen}}, and others; nats per token."
        ),
        text=(
            f"With {c.kept} directions, {c.directions}, the loss is {metrics['loss_rise_nats']:.2f} nats per token"
            f" above {metrics['loss_nats']:.2f}; with as many at random, {metrics['random_rise_nats']:.2f} above. The"
            f" directions chosen keep {metrics['kept_share_of_length']:.0%} of the table’s squared length."
        ),
        plot=mark_x(plot, c.kept, "shown"),
        height=300,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _overlap(result: RankResult, metrics: Measurements) -> Figure:
    c = result.controls
    lines = {"expected limit": result.limits, "measured": result.similarities, "recovered": result.recovered}
    plot = curves(
        WIDTHS, {name: line.numpy() for name, line in lines.items()}, x_title="width d", x_log=True, markers=True,
        y_range=(0, 1.32), room=90,
    )  # fmt: skip
    ticks = [16, 64, 256, 1024]
    plot.update_xaxes(tickvals=ticks, ticktext=[str(d) for d in ticks], tickangle=0, range=[1.1, 3.1])
    plot.layout.annotations[0].yshift = 10
    return Figure(
        title=f"Room for {VECTORS} random vectors",
        caption=(
            "{trace:measured|Measured}: cosine of the two most similar. {trace:recovered|Recovered}: share still"
            f" nearest to themselves under noise {c.noise:g} times as long."
        ),
        text=(
            f"At width {c.width}, the most similar two have a cosine of {metrics['largest_similarity']:.2f},"
            f" {metrics['similarity_over_limit']:.2f} times the expected limit. Under noise {c.noise:g} times as long"
            f" as the vectors, {metrics['recovered_share']:.0%} are recovered."
        ),
        plot=mark_x(plot, c.width, "shown"),
        height=270,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _widths(result: RankResult, metrics: Measurements) -> Figure:
    c = result.controls
    lines = {name: line.float() for name, line in result.weights.items()}
    plot = curves(
        REAL_WIDTHS, {name: line.numpy() for name, line in lines.items()}, x_title="width", x_log=True, y_log=True,
        markers=True, room=90, colours={"blocks": ACCENT, "embeddings": SERIES[1]},
    )  # fmt: skip
    plot.update_xaxes(tickvals=[1000, 3000, 10_000], ticktext=["1000", "3000", "10000"], tickangle=0, range=[2.8, 4.15])
    plot.update_yaxes(tickvals=[1e8, 1e9, 1e10, 1e11], ticktext=["100M", "1B", "10B", "100B"])
    return Figure(
        title="Weights by width: 32 layers, the rest as GPT-3 6.7B",
        caption="{accent|Blocks} grow with the square of the width, {c2|embeddings} in proportion to it.",
        text=(
            f"At width {number(c.real_width)} there are {metrics['weights_at_the_width'] / 1e9:.2f} billion weights,"
            f" {metrics['bytes_at_the_width'] / 1e9:.1f} GB in 16 bits, of which embeddings are"
            f" {metrics['embedding_share']:.1%}. A token takes {metrics['operations_per_token'] / 1e9:.1f} GFLOPs in a"
            f" text of {number(TEXT)}."
        ),
        plot=mark_x(plot, c.real_width, "shown"),
        height=270,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )
