"""How much each variant slows each pair, whether the library agrees, and how a match fades with distance, drawn."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.position.rope_variants.run import (
    KINDS,
    VariantsResult,
    variant,
)
from app.number_format import number
from app.provenance.origin import Drawn, computed
from models.position.scaled_rope import full_rotations, slowing
from models.position.similarity import rotated_apart
from visualizers.curve import apart, curves
from visualizers.theme import ACCENT, AXIS, INK_3, SERIES, compact

COLOURS = dict(zip(("standard", "linear", "dynamic NTK", "YaRN", "LongRoPE", "Llama 3"), (INK_3, *SERIES[1:])))
FEW = 40  # distances of the third figure


def figures(result: VariantsResult, measured: Measurements) -> Figures:
    return with_sources(
        {
            "pairs": _pairs(result, measured),
            "library": _library(result, measured),
            "match": _match(result, measured),
        },
        origins(result),
    )


def chosen_last(kind: str) -> list[str]:
    """The kinds in the order in which they are drawn over each other."""
    return sorted(COLOURS, key=lambda one: one == kind)


def matched(kind: str) -> list[str]:
    return list(dict.fromkeys(("standard", kind)))


def distances(result: VariantsResult) -> torch.Tensor:
    """FEW of them, from 1 to the stretched length."""
    return torch.logspace(0, float(np.log10(4096 * result.controls.stretch)), FEW)


def colours(kind: str) -> dict[str, str]:
    return COLOURS | {kind: ACCENT}


def _pairs(result: VariantsResult, measured: Measurements) -> Figure:
    c, plain = result.controls, result.thetas["standard"]
    lines = {kind: slowing(plain, theta).numpy() for kind, theta in result.thetas.items()}
    drawn = curves(
        np.arange(len(plain)),
        lines,
        x_title="pair, by its turns within 4 096 tokens",
        y_log=True,
        colours=colours(c.kind),
        room=92,
    )
    full, ticks = full_rotations(plain, 4096), list(range(0, len(plain), 16))
    drawn.update_xaxes(
        tickmode="array",
        tickvals=ticks,
        ticktext=[f"{full[i]:.0f}" if full[i] >= 10 else f"{full[i]:.2g}" for i in ticks],
        tickangle=0,
    )
    top = max(float(y.max()) for y in lines.values())
    powers = [2**power for power in range(8)]
    drawn.update_yaxes(range=[-0.06, float(np.log10(1.9 * top))], tickmode="array", tickvals=powers)
    apart(drawn, 230)
    for trace in drawn.data:
        if trace.name == c.kind:
            trace.update(line={"width": 3.2})
    short = "" if c.text == "stretched" else " The text is short: dynamic NTK and LongRoPE leave it alone."
    return Figure(
        title=f"How many times slower each of 64 pairs turns, s = {c.stretch}",
        caption=f"Quick pairs left, slow ones right; {{accent|{c.kind}}} is chosen.{short}",
        text=(
            f"{c.kind} leaves {measured['pairs_left_alone']:.0f} of 64 pairs as they were and slows"
            f" {measured['pairs_slowed_by_the_whole_stretch']:.0f} by the whole stretch; scores are multiplied by"
            f" {measured['score_factor']:.3f}."
        ),
        plot=drawn,
        height=280,
    )


def _library(result: VariantsResult, measured: Measurements) -> Figure:
    chosen = result.controls.kind
    slowest = min(float(theta.min()) for kind in (result.thetas, result.library) for theta in kind.values())
    low, high = slowest / 2, 2.0
    drawn = curves(
        np.array([low, high]), {"": np.array([high / 2, low * 2])}, x_title="the library’s, radians a token",
        x_log=True, y_log=True, room=14,
    )  # fmt: skip
    drawn.data[0].update(name="equal", x=[low, high], y=[low, high], line={"color": AXIS, "width": 1.5, "dash": "dot"})
    for kind in chosen_last(chosen):
        drawn.add_scatter(
            x=compact(result.library[kind].numpy()),
            y=compact(result.thetas[kind].numpy()),
            name=kind,
            mode="markers",
            marker={"color": colours(chosen)[kind], "size": 5},
            hovertemplate=f"{kind}<br>library %{{x:.5g}}<br>here %{{y:.5g}}<extra></extra>",
        )
    span = [float(np.log10(low)), float(np.log10(high))]
    drawn.update_xaxes(range=span, dtick=1, exponentformat="power").update_yaxes(
        range=span, dtick=1, exponentformat="power"
    )
    return Figure(
        title="Frequencies here against the library’s",
        caption=f"A point a pair of every variant, {{accent|{chosen}}} on top; on the dotted line they are equal.",
        text=(
            f"The largest relative difference of any variant from {result.version} is"
            f" {number(measured['largest_difference_from_the_library'])}, and of {chosen}’s factor on queries and keys"
            f" {number(measured['difference_of_the_score_factor'])}."
        ),
        plot=drawn,
        height=240,
        half=True,
    )


def _match(result: VariantsResult, measured: Measurements) -> Figure:
    c = result.controls
    distance = distances(result)
    lines = {kind: rotated_apart(distance, result.thetas[kind]).numpy() for kind in matched(c.kind)}
    drawn = curves(distance.numpy(), lines, x_title="distance, tokens", x_log=True, colours=colours(c.kind), room=84)
    drawn.update_yaxes(range=[min(0.0, *(float(y.min()) for y in lines.values())) - 0.05, 1.12])
    drawn.update_xaxes(dtick=1, tickformat="~s")
    apart(drawn, 190)
    return Figure(
        title="Match of a vector with itself, turned apart",
        caption="The mean of the pairs’ cosines. Slower pairs keep more of it at a distance.",
        text=(
            "Scores of neighbours, up to 31 tokens apart, change by"
            f" {measured['change_of_neighbour_scores']:.3g} of their spread, for vectors drawn by the seed."
        ),
        plot=drawn,
        height=240,
        half=True,
    )


def origins(result: VariantsResult) -> list[Drawn]:
    c, plain, distance = result.controls, result.thetas["standard"], distances(result)
    drawn: list[Drawn] = []
    for kind in dict.fromkeys((c.kind, *KINDS)):  # the button asks about the first
        theta = variant(kind, c)[0]
        drawn += [
            Drawn("pairs", computed(slowing, theta=plain, scaled=theta), trace=KINDS.index(kind)),
            Drawn("library", theta, trace=1 + chosen_last(c.kind).index(kind)),
        ]
        if kind in (both := matched(c.kind)):
            drawn.append(
                Drawn("match", computed(rotated_apart, distance=distance, theta=theta), trace=both.index(kind))
            )
    return drawn
