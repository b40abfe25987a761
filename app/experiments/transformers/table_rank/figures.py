"""Loss by directions kept, similarity of random vectors by width, and widths of published models."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.table_rank.run import KEPT, VECTORS, WIDTHS, RankResult
from app.provenance.origin import Plotted
from visualizers.curve import curves, mark_x
from visualizers.horizontal_bars import horizontal_bars

PUBLISHED = ("GPT-2", "SmolLM2 135M", "Gemma 2 9B", "Llama 3 8B", "Llama 3 70B", "GPT-3 175B")


def figures(result: RankResult, metrics: Measurements) -> Figures:
    return {"losses": _losses(result, metrics), "overlap": _overlap(result, metrics), "widths": _widths(result)}


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
    lines = {"expected limit": result.limits, "measured": result.similarities}
    plot = curves(
        WIDTHS, {name: line.numpy() for name, line in lines.items()}, x_title="width d", x_log=True, markers=True,
        y_range=(0, 1.32), room=90,
    )  # fmt: skip
    plot.update_xaxes(tickvals=[16, 64, 256, 1024], ticktext=["16", "64", "256", "1024"], tickangle=0, range=[1.1, 3.1])
    plot.layout.annotations[0].yshift = 10
    return Figure(
        title=f"Largest similarity of {VECTORS} random vectors",
        caption="Cosine of the two most similar ones. In more dimensions, more vectors fit that are nearly orthogonal.",
        text=(
            f"At width {c.width}, the most similar two have a cosine of {metrics['largest_similarity']:.2f},"
            f" {metrics['similarity_over_limit']:.2f} times the expected limit."
        ),
        plot=mark_x(plot, c.width, "shown"),
        height=270,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _widths(result: RankResult) -> Figure:
    widths = torch.tensor([float(result.published[name][0]) for name in PUBLISHED])
    most = max(PUBLISHED, key=lambda name: result.published[name][1])
    return Figure(
        title="Width of published models",
        caption="Behind each name: the share of its weights that embeddings take.",
        text=f"Of these models, embeddings take the largest share in {most}: {result.published[most][1]:.0%}.",
        plot=horizontal_bars(
            widths.numpy(), labels=[f"{name}, {result.published[name][1]:.1%}" for name in PUBLISHED], as_="{:,.0f}",
            left=150, 
        ).update_xaxes(range=[0, 1.25 * float(np.max(widths.numpy()))], showticklabels=False),
        height=270,
        half=True,
        sources=[Plotted(widths, trace="values")],
    )  # fmt: skip
