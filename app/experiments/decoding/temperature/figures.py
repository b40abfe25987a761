"""The three figures of a temperature: the next token, sampled sentences, and everything from cold to hot."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.decoding.temperature.quality import FACTS, GRID, PROBABILITIES, Endings
from app.experiments.decoding.temperature.run import BARS, TemperatureResult
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.layers.softmax import entropy
from visualizers.distribution import bars
from visualizers.sentences import sentences
from visualizers.strips import Strip, strips
from visualizers.theme import ACCENT, FAILED, HELD, INK_3

SIGNS = {"true": (HELD, "circle"), "false": (FAILED, "diamond-open"), "neither": (INK_3, "line-ew-open")}
NOT_JUDGED = {"not judged": (INK_3, "circle-open")}


def figures(result: TemperatureResult, metrics: Measurements) -> Figures:
    return {
        "distribution": _distribution(result, metrics),
        "samples": _samples(result, metrics),
        "quality": _quality(result, metrics),
    }


def _traceable(result: TemperatureResult) -> bool:
    """Whether one formula of the logits makes the probabilities: nothing is cut or sampled, none is taken at 0."""
    c = result.controls
    return c.kept == "all" and c.applied != "noise is added" and c.temperature > 0


def _distribution(result: TemperatureResult, metrics: Measurements) -> Figure:
    c, top = result.controls, result.logits.topk(BARS).indices
    names = result.likeliest
    p, largest = result.p[top], result.p.max().item()

    def shown(p: Tensor) -> Tensor:
        return p[top]

    made = (
        computed(PROBABILITIES[c.applied], z=result.logits, temperature=c.temperature) if _traceable(result) else None
    )
    return Figure(
        title=f"The next token at temperature {c.temperature:g}",
        caption="The ten largest logits, in their order. Dividing logits never changes that order.",
        text=(
            f"“{names[0]}” has a probability of {p[0]:.1%}. The entropy is {metrics['entropy_nats']:.3g} nats,"
            f" as in a uniform choice among {metrics['effective_choices']:.3g} of {number(len(result.logits))} tokens."
        ),
        plot=bars(p.numpy(), labels=names, y_range=(0, max(0.3, 1.1 * largest)), write=False),
        height=300,
        half=True,
        sources=[Plotted(made, shown)] if made else (),
    )


def _samples(result: TemperatureResult, metrics: Measurements) -> Figure:
    if result.quality.endings is None:
        return Figure(
            title=f"{len(result.samples)} sampled texts",
            caption="Each begins with your prompt and goes on for a few tokens.",
            text=f"{metrics['distinct_samples']:g} of {len(result.samples)} texts differ.",
            plot=sentences(result.samples, NOT_JUDGED),
            height=300,
            half=True,
        )
    count = {kind: sum(kind == verdict for _, verdict in result.samples) for kind in SIGNS}
    colours = {"true": "held", "false": "failed", "neither": "ink-3"}
    key = {kind: f"{{{colours[kind]}|{kind}}}" if count[kind] else kind for kind in SIGNS}
    return Figure(
        title=f"{len(result.samples)} sampled sentences",
        caption=(
            f"Judged by the tiny world: {key['true']}, {key['false']}, or {key['neither']}"
            " (broken, or about nothing in it)."
        ),
        text=(
            f"{count['true']} of {len(result.samples)} sentences are true and {count['false']} are false."
            f" Without repeats there are {metrics['distinct_samples']:g}."
        ),
        plot=sentences(result.samples, SIGNS),
        height=300,
        half=True,
    )


def _quality(result: TemperatureResult, metrics: Measurements) -> Figure:
    c, grid, uniform = result.controls, np.array(GRID), float(np.log(len(result.logits)))
    spread = Strip(
        f"entropy of your prompt’s next token, nats (uniform: {uniform:.3g})",
        {"entropy": (grid, result.entropies.numpy())},
        y_range=(0, 1.05 * uniform),
        colours=(ACCENT,),
    )
    source = []
    if _traceable(result):
        everywhere = computed(PROBABILITIES[c.applied], z=result.logits, temperature=torch.tensor(GRID)[:, None])
        source = [Plotted(computed(entropy, p=everywhere), trace=f"entropy, {spread.title}")]
    found = result.quality.endings
    return Figure(
        title="From greedy to uniform",
        caption=_of_statements(found),
        text=(
            f"At your temperature a statement ends true with probability {metrics['true_endings_share']:.1%} and false"
            f" with {metrics['false_endings_share']:.1%}."
            if found
            else f"The entropy rises from {result.entropies[0]:.3g} to {result.entropies[-1]:.3g} nats."
        ),
        plot=strips(
            [spread] if found is None else [spread, _endings(found)],
            x_title="temperature",
            marks={"yours": (max(c.temperature, GRID[0]), "left")},
            x_log=(0.05, 0.1, 0.2, 0.5, 1, 2, 5),
        ),
        height=330,
        sources=source,
    )


def _of_statements(endings: Endings | None) -> str:
    if endings is None:
        return "The next token after your prompt, from the coldest to the hottest temperature."
    return (
        f"Below: {FACTS} statements such as “Mia lives in …” end {{held|true}}, {{failed|false}}, or"
        " {ink-3|neither}: with a word of another kind."
    )


def _endings(endings: Endings) -> Strip:
    return Strip(
        "probability that a statement ends …",
        {kind: (np.array(GRID), chance.numpy()) for kind, chance in endings.chances.items()},
        y_range=(-0.04, 1.06),
        colours=tuple(colour for colour, _ in SIGNS.values()),
    )
