"""Which layer each new layer copies, what each layout loses at once, and the losses of continued training."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.upscaled_depth.losses import LAYOUTS
from app.experiments.transformers.upscaled_depth.run import SmallResult, UpscalingResult
from app.provenance.origin import Plotted
from models.transformer.pretrained_deeper_decoders import POINTS
from visualizers.curve import apart, curves
from visualizers.horizontal_bars import horizontal_bars
from visualizers.matrix import heatmap, write_cells
from visualizers.theme import ACCENT, INK_3, MARK, SERIES

SHORT = {
    "overlapping copies": "overlapping",
    "first layers again at the end": "first at the end",
    "each middle layer twice": "middle twice",
    "added layers silent": "added silent",
    "overlapping copies, reversed": "reversed",
    "not grown": "not grown",
}


def figures(result: UpscalingResult, metrics: Measurements) -> Figures:
    drawn = {"layers": _layers(result), "at once": _at_once(result, metrics)}
    return drawn if result.small is None else drawn | {"continued": _continued(result, result.small, metrics)}


def _layers(result: UpscalingResult) -> Figure:
    shown = [layout for layout in LAYOUTS if layout != "added layers silent"]
    orders = torch.tensor([result.orders[layout] for layout in shown]) + 1.0
    own, few = result.orders[result.controls.layout], result.small is not None
    plot = heatmap(
        orders.numpy(), rows=[SHORT[layout] for layout in shown], column_title="layer of the grown model",
        columns=[str(layer + 1) if few or layer % 10 == 9 else "" for layer in range(orders.shape[1])],
        low=0.0, high=float(orders.max()),
    )  # fmt: skip
    twice = sorted({layer + 1 for layer in own if own.count(layer) > 1})
    return Figure(
        title=f"Which of the {max(own) + 1} trained layers each of the {len(own)} new ones copies",
        caption="Darker is a later layer of the source." + (" Its number stands in the cell." if few else ""),
        text=(
            f"{result.controls.layout[0].upper() + result.controls.layout[1:]}: layers {twice[0]} to {twice[-1]} of the"
            " source are used twice"
            + (f"; the order is {', '.join(str(layer + 1) for layer in own)}." if few else ".")
        ),
        plot=(write_cells(plot, as_="%{z:.0f}", size=13) if few else plot).update_layout(margin_l=104),
        height=230,
        sources=[Plotted(orders, trace="values")],
    )  # fmt: skip


def _at_once(result: UpscalingResult, metrics: Measurements) -> Figure:
    c = result.controls
    shown = [layout for layout in result.at_once if layout == c.layout or "reversed" not in layout]
    values = torch.tensor([result.at_once[layout] - result.source for layout in shown])
    rise = result.at_once[c.layout] - result.source
    change = f"{abs(rise):.3f} nats per token {'more' if rise >= 0 else 'less'}"
    return Figure(
        title="Rise of the loss at once, above the source",
        caption="Before any further training, on other text than in training. {accent|The layout you chose}.",
        text=f"The source has a loss of {result.source:.3f} nats per token; “{c.layout}” has {change}.",
        plot=horizontal_bars(
            values.numpy(), labels=[SHORT[layout] for layout in shown], left=112, as_="{:.3f}",
            x_title="nats per token", colours=[ACCENT if layout == c.layout else MARK for layout in shown],
        ),
        height=260,
        half=True,
        sources=[Plotted(values, trace="values")],
    )  # fmt: skip


def _continued(result: UpscalingResult, small: SmallResult, metrics: Measurements) -> Figure:
    lines = {SHORT[way]: line for way, line in small.curves.items()}
    x = np.array(POINTS)
    colours = {
        "overlapping": ACCENT, "first at the end": SERIES[1], "middle twice": SERIES[2], "added silent": SERIES[4],
        "not grown": INK_3,
    }  # fmt: skip
    every = torch.stack(list(lines.values()))
    low, high = float(every.min()) - 0.01, float(every.max()) + 0.01
    plot = curves(
        x, {name: line.numpy() for name, line in lines.items()}, x_title="steps of continued training", markers=True,
        colours=colours, room=104, y_range=(low, high),
    )  # fmt: skip
    return Figure(
        title="The small model in continued training",
        caption=(
            "Recorded while it trained, on other held-out text. {trace:not grown|Not grown}: the source with as many"
            " further steps."
        ),
        text=(
            f"After {POINTS[-1]} steps the overlapping copies have a loss of {metrics['continued_loss_nats']:.3f} nats"
            f" per token, the source that was not grown {metrics['continued_source_loss_nats']:.3f}. Six layers from"
            f" scratch on as many tokens in all have {metrics['scratch_loss_nats']:.3f}."
        ),
        plot=apart(plot.update_xaxes(range=[-4, POINTS[-1] + 4]), 180),
        height=260,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )
