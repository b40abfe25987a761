"""Published models counted from their configuration, as a figure beside what their makers wrote."""

from collections.abc import Mapping

import torch

from app.experiments.base import Figure
from app.number_format import number
from app.provenance.origin import Plotted
from models.published.configs import CONFIGS
from models.published.weights import total_weights
from visualizers.horizontal_bars import horizontal_bars


def counted_sizes(family: str, stated: Mapping[str, str], caption: str) -> Figure:
    """A bar per model of ``stated`` (name in CONFIGS → the figure of its makers)."""
    totals = {name: total_weights(CONFIGS[name]) for name in stated}
    first, *_, last = totals
    values = torch.tensor(list(totals.values())) / 1e6
    return Figure(
        title=f"{family}: weights counted, in millions",
        caption=caption,
        text=f"Counted from the settings: {first} has {number(totals[first])} weights, {last} {number(totals[last])}.",
        plot=horizontal_bars(
            values.numpy(),
            labels=[f"{name.removeprefix(family).strip() or 'small'}: {said}" for name, said in stated.items()],
            left=130, as_="{:,.0f}",
        ).update_xaxes(showticklabels=False, range=[0, 1.3 * float(values.max())]),
        height=230,
        half=True,
        sources=[Plotted(values, trace="values")],
    )  # fmt: skip
