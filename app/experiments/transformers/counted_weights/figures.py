"""The weights as a treemap, beside the published figure, and losses of trained models against their counts."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.counted_weights.run import DECODERS, PAIRS, PUBLISHED, CountResult
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.language.evaluation import mean_loss
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, MARK, SEQUENTIAL, WASH, WELL
from visualizers.treemap import treemap

COLOURS = (SEQUENTIAL[1], WASH, MARK, SEQUENTIAL[2], WELL, SEQUENTIAL[1], MARK, WELL, WASH)


def figures(result: CountResult, metrics: Measurements) -> Figures:
    return {"treemap": _treemap(result, metrics), "counts": _counts(result), "losses": _losses(result, metrics)}


def _name(result: CountResult) -> str:
    return "your settings" if result.published is None else result.controls.model


def _treemap(result: CountResult, metrics: Measurements) -> Figure:
    beside = (
        f" Published: {PUBLISHED[result.controls.model][1]}; the difference is {metrics['off_published_share']:.2%}."
        if result.published is not None
        else ""
    )
    return Figure(
        title=f"{number(result.total)} weights of {_name(result)}",
        caption="Each area is a component’s share, counted from the settings, nothing estimated.",
        text=f"{_name(result)[0].upper() + _name(result)[1:]}: {number(result.total)} weights.{beside}",
        plot=treemap(result.parts, colours=COLOURS, head=("component", "weights")),
        height=300,
    )


def _counts(result: CountResult) -> Figure:
    largest = max(result.parts, key=result.parts.__getitem__)
    n = torch.tensor(list(result.parts.values()), dtype=torch.double)
    return Figure(
        title="The same as numbers",
        caption="Components in the order in which data meet them.",
        text=f"The largest is “{largest}” with {number(result.parts[largest])}.",
        plot=horizontal_bars(
            n.numpy(), labels=list(result.parts), left=128, as_="{:,.0f}",
            picked=largest,
        ).update_xaxes(showticklabels=False, range=[0, 1.6 * max(result.parts.values())]),
        height=270,
        half=True,
        sources=[Plotted(n)],
    )  # fmt: skip


def _losses(result: CountResult, metrics: Measurements) -> Figure:
    compared = [DECODERS.index(name) for name in PAIRS[result.controls.pair]]
    labels = [f"{number(one.weights)} after {one.tokens / 1e6:.1f}M tokens" for one in result.trained]
    made = computed(mean_loss, losses=torch.stack([one.losses for one in result.trained]))
    plot = horizontal_bars(
        made.tensor.numpy(), labels=labels, left=196, as_="{:.3f}",
        x_title="nats per token",
        colours=[ACCENT if at in compared else MARK for at in range(len(labels))],
    )  # fmt: skip
    small, large = (result.trained[at] for at in compared)
    gain = metrics["gain_of_the_larger_nats"]
    beside = (
        f"{abs(gain):.3f} nats per token {'less' if gain > 0 else 'more'}" if round(gain, 3) else "the same to 0.001"
    )
    return Figure(
        title="Held-out loss of four decoders, by weights",
        caption="{accent|The two compared}. All learned the same kinds of text, with different numbers of tokens.",
        text=(
            f"With {number(small.weights)} weights the loss is {small.loss:.3f}, with {number(large.weights)} "
            f"{large.loss:.3f}: {beside}."
        ),
        plot=plot,
        height=270,
        half=True,
        sources=[Plotted(made)],
    )
