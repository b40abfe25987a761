"""What a block adds to each token, and the loss of its wirings."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.block_wiring.run import WiringResult
from app.provenance.origin import Plotted, computed
from models.transformer.block_wiring import cosine, length
from visualizers.horizontal_bars import horizontal_bars
from visualizers.tokens import over, token_bars


def figures(result: WiringResult, metrics: Measurements) -> Figures:
    drawn = {"added": _added(result, metrics), "direction": _direction(result, metrics)}
    return drawn if result.stated is None else {**drawn, "wirings": _wirings(result, metrics)}


def _added(result: WiringResult, metrics: Measurements) -> Figure:
    x, a, f = result.added
    made = {"attention adds": computed(length, x=a), "MLP adds": computed(length, x=f)}
    plot = token_bars(result.pieces, {name: made_.tensor.numpy() for name, made_ in made.items()})
    stream = computed(length, x=x)
    return Figure(
        title=f"What block {result.controls.layer} adds to each token: lengths of vectors",
        caption=(
            "{trace:attention adds|Attention} adds first, then the {trace:MLP adds|MLP}. The dashed line: the stream"
            " that they are added to."
        ),
        text=(
            f"On average attention adds {metrics['attention_over_stream']:.2g} times the length of the stream before"
            f" it, the MLP {metrics['mlp_over_stream']:.2g} times."
        ),
        plot=over(plot, stream.tensor.numpy(), "stream"),
        height=290,
        sources=[
            *(Plotted(one, trace=name) for name, one in made.items()),
            Plotted(stream, trace="stream"),
        ],
    )


def _direction(result: WiringResult, metrics: Measurements) -> Figure:
    x, a, f = result.added
    made = {"attention": computed(cosine, u=a, x=x), "MLP": computed(cosine, u=f, x=x + a)}
    plot = token_bars(result.pieces, {name: one.tensor.numpy() for name, one in made.items()})
    return Figure(
        title="Cosine of each update and its stream",
        caption="0: orthogonal, a new direction. {trace:attention|Attention}, {trace:MLP|MLP}.",
        text=(
            f"The mean size of the cosine is {metrics['attention_cosine']:.2f} for attention and"
            f" {metrics['mlp_cosine']:.2f} for the MLP."
        ),
        plot=plot.update_yaxes(range=[-1, 1]),
        height=270,
        half=True,
        sources=[Plotted(one, trace=name) for name, one in made.items()],
    )


def _wirings(result: WiringResult, metrics: Measurements) -> Figure:
    assert result.stated is not None
    c, shares = result.controls, result.stated
    return Figure(
        title=f"Block {c.layer} wired otherwise: stated facts still answered",
        caption="Share of 64 facts stated in the text. All weights are as trained. The strong bar runs now.",
        text=(
            f"With block {c.layer} wired “{c.wiring}”, {shares[c.wiring]:.0%} of the stated and"
            f" {metrics['stored_right_share']:.0%} of the stored facts are answered. The loss is"
            f" {metrics['loss_rise_nats']:.2f} nats per token above the trained one."
        ),
        plot=horizontal_bars(
            np.array(list(shares.values())), labels=list(shares), picked=c.wiring, sets="wiring", as_="{:.0%}",
        ).update_xaxes(range=[0, 1.04], tickformat=".0%", tickvals=[0, 0.5, 1]),
        height=290,
        half=True,
    )  # fmt: skip
