"""What each fact loses, what the strongest neurons write, and in which blocks they are."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.fact_neurons.run import HIDDEN, NeuronResult
from app.provenance.origin import Plotted, computed
from models.interpretability.fact_neurons import written
from visualizers.distribution import bars
from visualizers.horizontal_bars import horizontal_bars
from visualizers.theme import ACCENT, MARK


def figures(result: NeuronResult, metrics: Measurements) -> Figures:
    return {"lost": _lost(result, metrics), "neurons": _neurons(result), "blocks": _blocks(result, metrics)}


def _lost(result: NeuronResult, metrics: Measurements) -> Figure:
    c, kind = result.controls, result.known.same_kind[result.controls.fact].nonzero()[:, 0].tolist()
    rows = [c.fact, *kind]
    lost = result.lost[c.fact, rows]
    return Figure(
        title=f"Probability lost with {c.count} neurons set to zero",
        caption="{accent|The fact shown}, and the other facts of its kind among the twenty, with the same neurons off.",
        text=(
            f"“{result.names[c.fact]}” loses {metrics['shown_lost_share']:.0%} of its probability. Over all twenty,"
            f" the fact itself loses {metrics['own_lost_share']:.0%} and others of its kind"
            f" {metrics['others_lost_share']:.0%}."
        ),
        plot=horizontal_bars(
            lost.numpy(), labels=[result.names[row] for row in rows], x_title="share of the probability lost",
            picked=result.names[c.fact], as_="{:.0%}", left=176,
        ).update_xaxes(range=[0, 1.16], tickformat=".0%", tickvals=[0, 0.5, 1]),
        height=90 + 26 * len(rows),
    )  # fmt: skip


def _neurons(result: NeuronResult) -> Figure:
    c = result.controls
    flat = result.known.neurons[c.fact].flatten()[None]
    pushed = result.known.score[c.fact] / flat[0].where(flat[0] != 0, 1)
    made = computed(written, neurons=flat, pushed=pushed[None])
    at = result.strongest
    labels = [f"{name} → {', '.join(words)}" for name, words in result.words]
    top = labels[0]
    return Figure(
        title="The strongest of them, and what they write",
        caption="What each adds to the answer’s logit, before the last norm divides it. Behind the arrow: its tokens.",
        text=f"The strongest is “{top}”, with {made.tensor[0, at[0]]:.3g}.",
        plot=horizontal_bars(made.tensor[0, at].numpy(), labels=labels, left=196, as_="{:.3g}"),
        height=300,
        half=True,
        sources=[Plotted(made, lambda x: x[0, at], trace="values")],
    )


def _blocks(result: NeuronResult, metrics: Measurements) -> Figure:
    counts = result.off.unflatten(1, (-1, HIDDEN)).sum(dim=(0, 2)).numpy().astype(float)
    shares = counts / counts.sum()
    busiest = int(metrics["busiest_block"])
    return Figure(
        title="Blocks of the neurons chosen, all twenty facts",
        caption="Share of the chosen neurons. {accent|Most} are in one block.",
        text=f"Block {busiest} holds {shares[busiest]:.0%} of the neurons.",
        plot=bars(
            np.array(shares), labels=[f"block {n}" for n in range(len(shares))],
            colours=[ACCENT if n == busiest else MARK for n in range(len(shares))], y_range=(0, 1),
        ),
        height=300,
        half=True,
    )  # fmt: skip
