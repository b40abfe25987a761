"""How much each variant slows each pair, what that does to a decoder, and whether the library agrees, drawn."""

import numpy as np
import plotly.graph_objects as go

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.position.pair_lines import by_rotations, loss_by_position, thick
from app.experiments.position.rope_variants.rules import KINDS, TRAINED
from app.experiments.position.rope_variants.run import VariantsResult, variant_of
from app.number_format import number
from app.provenance.origin import Computed, Plotted, computed
from models.position.scaled_rope import full_rotations, slowing
from visualizers.curve import apart, curves
from visualizers.theme import ACCENT, AXIS, INK_3, SERIES, compact

COLOURS = dict(zip(KINDS, (INK_3, *SERIES[1:])))


def figures(result: VariantsResult, metrics: Measurements) -> Figures:
    c = result.controls
    chosen_first = list(dict.fromkeys((c.kind, *KINDS)))  # the button asks about the first
    thetas: dict[str, Computed] = {kind: variant_of(c, kind)[0] for kind in chosen_first}
    return {
        "pairs": _pairs(result, metrics, thetas),
        "length": _length(result, metrics),
        "library": _library(result, metrics, thetas),
    }


def colours(kind: str) -> dict[str, str]:
    return COLOURS | {kind: ACCENT}


def _pairs(result: VariantsResult, metrics: Measurements, thetas: dict[str, Computed]) -> Figure:
    c, plain = result.controls, result.thetas["standard"]
    lines = {kind: slowing(plain, theta).numpy() for kind, theta in result.thetas.items()}
    drawn = curves(
        np.arange(len(plain)),
        lines,
        x_title=f"pair, by its rotations within {number(TRAINED)} tokens",
        y_log=True,
        colours=colours(c.kind),
        room=92,
    )
    by_rotations(drawn, full_rotations(plain, TRAINED), 16)
    top = max(float(y.max()) for y in lines.values())
    powers = [2**power for power in range(8)]
    drawn.update_yaxes(range=[-0.06, float(np.log10(1.9 * top))], tickmode="array", tickvals=powers)
    apart(drawn, 230)
    thick(drawn, c.kind)
    factor = metrics["score_factor"]
    short = "" if c.text == "stretched" else " The text is short: dynamic NTK and LongRoPE leave it alone."
    return Figure(
        title=f"How many times slower each of 64 pairs rotates, s = {c.stretch}",
        caption=f"Fast pairs left, slow pairs right. {{accent|Chosen}}: {c.kind}.{short}",
        text=(
            f"With {c.kind}, {metrics['pairs_left_alone']:.0f} of 64 pairs rotate as before and"
            f" {metrics['pairs_slowed_by_the_whole_stretch']:.0f} rotate {c.stretch} times more slowly. Scores"
            f" {'stay as they are' if factor == 1 else f'are multiplied by {factor:.3f}'}."
        ),
        plot=drawn,
        height=270,
        sources=[Plotted(computed(slowing, theta=plain, scaled=theta), trace=kind) for kind, theta in thetas.items()],
    )


def _length(result: VariantsResult, metrics: Measurements) -> Figure:
    c = result.controls
    extra = metrics["extra_loss_over_yarn_in_the_last_quarter_nats"]
    keys = f", keys {c.keys}" if c.kind == "dynamic NTK" else ""
    return loss_by_position(
        result.losses,
        colours(c.kind),
        result.now,
        c.stretch,
        caption=f"A decoder trained on 64 tokens, no further training. {{accent|Dots}}: {c.kind}{keys}.",
        text=(
            f"With {c.kind}{keys}, the loss past 64 tokens is {metrics['loss_past_the_trained_length_nats']:.2f} nats"
            f" per token. In the last quarter it is {abs(extra):.2f} nats {'above' if extra > 0 else 'below'} YaRN's."
        ),
        height=250,
    )


def _library(result: VariantsResult, metrics: Measurements, thetas: dict[str, Computed]) -> Figure:
    chosen = result.controls.kind
    slowest = min(float(theta.min()) for kind in (result.thetas, result.library) for theta in kind.values())
    low, high = slowest / 2, 2.0
    drawn = curves(
        np.array([low, high]), {"equal": np.array([low, high])}, x_title="the library's, radians per token",
        x_log=True, y_log=True, room=14,
    )  # fmt: skip
    drawn.data[0].update(line={"color": AXIS, "width": 1.5, "dash": "dot"})
    drawn.layout.annotations = ()
    for kind in reversed(thetas):  # the chosen one on top
        drawn.add_trace(
            go.Scatter(
                x=compact(result.library[kind].numpy()),
                y=compact(result.thetas[kind].numpy()),
                name=kind,
                mode="markers",
                marker={"color": colours(chosen)[kind], "size": 5},
                hovertemplate=f"{kind}<br>library %{{x:.5g}}<br>here %{{y:.5g}}<extra></extra>",
            )
        )
    span = [float(np.log10(low)), float(np.log10(high))]
    drawn.update_xaxes(range=span, dtick=1, exponentformat="power").update_yaxes(
        range=span, dtick=1, exponentformat="power"
    )
    return Figure(
        title="Frequencies here against the library's",
        caption=f"One point per pair and variant, {{accent|{chosen}}} on top. On the dotted line they are equal.",
        text=(
            f"The largest relative difference of any variant from {result.version} is"
            f" {number(metrics['largest_difference_from_the_library'])}."
        ),
        plot=drawn,
        height=250,
        half=True,
        sources=[Plotted(theta, trace=kind) for kind, theta in thetas.items()],
    )
