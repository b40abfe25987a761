"""Two distributions beside each other, and a sum shown as its parts."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from visualizers.small_multiples import axes, titles_beside
from visualizers.theme import ACCENT, GRID, INK_3, SERIES, compact, figure, plain

LEFT, RIGHT = (0.0, 0.4), (0.52, 1.0)


def distributions_and_sum(
    distributions: Mapping[str, np.ndarray], labels: Sequence[str], parts: Mapping[str, float], total: str
) -> go.Figure:
    """At the left, bars of two ``distributions`` over ``labels``. At the right, ``parts`` one on top of the other, and
    their sum, called ``total``. A part that is infinite is missing, and so is the sum.

    Traces: those of ``distributions``, those of ``parts``, and ``total``.
    """
    bars = [
        go.Bar(
            x=list(map(plain, labels)), y=compact(values), name=name, marker={"color": colour},
            hovertemplate=f"{name}<br>%{{x}}<br>%{{y:.3f}}<extra></extra>",
        )
        for (name, values), colour in zip(distributions.items(), (INK_3, ACCENT))
    ]  # fmt: skip
    names = [*parts, total]
    base = 0.0
    for (name, value), colour in zip([*parts.items(), (total, sum(parts.values()))], (SERIES[2], SERIES[1], ACCENT)):
        start = 0.0 if name == total else base
        bars.append(
            go.Bar(
                x=[names.index(name)], y=compact([value]), base=[start if np.isfinite(start) else 0.0], name=name,
                marker={"color": colour}, xaxis="x2", yaxis="y2", width=0.6,
                text=[f"{value:.3f}" if np.isfinite(value) else "∞"], textposition="outside", cliponaxis=False,
                hovertemplate=f"{name}<br>{value:.4f} nats<extra></extra>", meta={"gaps": True},
            )
        )  # fmt: skip
        base += value
    drawn = figure(bars, margin=(36, 10, 26, 30), barmode="group", bargap=0.25)
    top = 1.2 * base if np.isfinite(base) and base > 0 else 1.0
    drawn.update_layout(
        axes("x", [LEFT, RIGHT], {"type": "category"}, {"tickvals": list(range(len(names))), "ticktext": names,
             "range": [-0.6, len(names) - 0.4], "anchor": "y2", "tickangle": 0}, showgrid=False, zeroline=False)
        | axes("y", [(0, 1), (0, 1)], {}, {"anchor": "x2", "range": [0, top]}, gridcolor=GRID, zeroline=False, nticks=4)
    )  # fmt: skip
    for title in titles_beside(["probabilities", "nats"], [LEFT, RIGHT]):
        drawn.add_annotation(**title)
    return drawn
