"""The three figures of a temperature: the next token, sampled sentences, and everything from cold to hot."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.decoding.temperature.run import BARS, SHARES, TemperatureResult
from app.provenance.origin import Drawn, computed
from models.layers.softmax import entropy
from models.tokenization.tokenizer import labels
from visualizers.distribution import bars
from visualizers.sentences import sentences
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, FAILED, HELD, INK_3

TICKS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5)
SIGNS = {"true": (HELD, "circle"), "false": (FAILED, "diamond-open"), "neither": (INK_3, "line-ew-open")}


def figures(result: TemperatureResult, numbers: Measurements) -> Figures:
    return with_sources(
        {
            "distribution": _distribution(result, numbers),
            "samples": _samples(result, numbers),
            "quality": _quality(result, numbers),
        },
        origins(result),
    )


def _distribution(result: TemperatureResult, numbers: Measurements) -> Figure:
    top = result.logits.topk(BARS).indices
    names = [labels()[token] for token in top.tolist()]
    return Figure(
        title=f"The next token at temperature {result.controls.temperature:g}",
        caption="The ten likeliest, in the order of their logits. No temperature changes that order.",
        text=(
            f"The likeliest, {names[0]}, has {numbers['largest_probability']:.1%}; the entropy,"
            f" {numbers['entropy_nats']:.3g} nats, is that of an even choice between"
            f" {numbers['effective_choices']:.3g} of {len(result.logits):,} tokens."
        ),
        plot=bars(result.p[top].numpy(), labels=names, y_range=(0, max(0.3, 1.1 * result.p.max().item())), write=False),
        height=300,
        half=True,
    )


def _samples(result: TemperatureResult, numbers: Measurements) -> Figure:
    count = {kind: sum(kind == verdict for _, verdict in result.samples) for kind in SIGNS}
    return Figure(
        title=f"{len(result.samples)} sentences drawn from it",
        caption="{held|True} in the tiny world, {failed|false}, or {ink-3|neither}: not about anything it knows.",
        text=(
            f"{count['true']} of the {len(result.samples)} sentences are true, {count['false']} false;"
            f" {numbers['distinct_samples']:g} are different."
        ),
        plot=sentences(result.samples, SIGNS),
        height=300,
        half=True,
    )


def _quality(result: TemperatureResult, numbers: Measurements) -> Figure:
    grid, even = np.array(result.grid), float(np.log(len(result.logits)))
    spread = Strip(
        f"entropy of your prompt’s next token, nats; {even:.3g} is even",
        {"entropy": (grid, result.entropies.numpy())},
        y_range=(0, 1.05 * even),
        colours=(ACCENT,),
    )
    chances = Strip(
        "chance that a statement ends …",
        {kind: (grid, chance.numpy()) for kind, chance in result.quality.chances.items()},
        y_range=(-0.04, 1.06),
        colours=tuple(colour for colour, _ in SIGNS.values()),
    )
    return Figure(
        title="From greedy to even",
        caption=(
            "Below: statements such as “Mia lives in …” end {held|true}, {failed|false}, or {ink-3|neither}: no city."
            " A fifth of the facts were never told: cold or hot, the model cannot know them."
        ),
        text=(
            f"At your temperature such a statement ends true with {numbers['chance_of_the_truth']:.1%} and false with"
            f" {numbers['chance_of_an_error']:.1%}. Near 0 a draw is within"
            f" {numbers['distance_from_greedy_near_0']:.2g} of greedy, near infinity within"
            f" {numbers['distance_from_even_near_infinity']:.2g} of even."
        ),
        plot=strips(
            [spread, chances],
            x_title="temperature",
            marks={"yours": (result.controls.temperature, "left")},
            x_log=TICKS,
        ),
        height=330,
    )


def origins(result: TemperatureResult) -> list[Drawn]:
    z, shares, top = result.logits, SHARES[result.controls.divide], result.logits.topk(BARS).indices
    everywhere = computed(shares, z=z, temperature=torch.tensor(result.grid)[:, None])
    return [
        Drawn("distribution", computed(shares, z=z, temperature=float(result.controls.temperature)), lambda p: p[top]),
        Drawn("quality", computed(entropy, p=everywhere)),
    ]
