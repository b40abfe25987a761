"""How much each pair is slowed, what that costs within the trained length and gains past it, drawn."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.position.context_extension import COMPARED, beyond, inside, length, slowed, theta
from app.experiments.position.long_texts import by_place
from app.experiments.position.rope_scaling.run import ScalingResult
from app.provenance.origin import Drawn
from models.language.loss_by_length import TRAINED, binned
from models.position.scaled_rope import full_rotations
from visualizers.curve import apart, curves
from visualizers.theme import ACCENT, INK_3, SERIES, WASH, note
from visualizers.tradeoff import tradeoff

STRETCHES = 8  # stretches of text that a loss is averaged over
COLOURS = {
    "none": SERIES[1],
    "interpolation": SERIES[2],
    "NTK-aware": SERIES[7],
    "YaRN": SERIES[5],
    "NTK-by-parts": SERIES[3],
    "base · s²": SERIES[4],
}
LABELS = {"none": "plain RoPE"}


def figures(result: ScalingResult, measured: Measurements) -> Figures:
    return with_sources(
        {
            "pairs": _pairs(result, measured),
            "length": _length(result, measured),
            "trade": _trade(result, measured),
        },
        origins(result),
    )


def called(method: str) -> str:
    return LABELS.get(method, method)


def methods(chosen: str) -> list[str]:
    """Those whose pairs are drawn."""
    return list(dict.fromkeys((*COMPARED, *(["base · s²"] if chosen == "NTK-aware" else []), chosen)))


def colours(chosen: str) -> dict[str, str]:
    return {called(method): ACCENT if method == chosen else colour for method, colour in COLOURS.items()}


def _pairs(result: ScalingResult, measured: Measurements) -> Figure:
    c, of = result.controls, result.drawn
    full = full_rotations(theta("none", c.stretch, of), of.trained)
    lines = {called(method): slowed(method, c.stretch, of).tensor.numpy() for method in methods(c.method)}
    count = len(full)
    drawn = curves(
        np.arange(count),
        lines,
        x_title=f"pair, by its turns within {of.trained:,} tokens".replace(",", " "),
        colours=colours(c.method),
        markers=count <= 16,
        room=104,
    )
    top = max(float(np.max(y)) for y in lines.values())
    ticks = list(range(0, count, max(count // 4, 1)))
    drawn.update_xaxes(
        tickmode="array",
        tickvals=ticks,
        range=[-0.03 * count, 1.01 * (count - 1)],
        ticktext=[f"{full[i]:.0f}" if full[i] >= 10 else f"{full[i]:.2g}" for i in ticks],
        tickangle=0,
    )
    drawn.update_yaxes(range=[0, 1.16 * max(top, 1.4)])
    apart(drawn, 232)
    slow = int((full >= 1).sum()) - 0.5
    drawn.add_shape(
        type="rect", x0=slow, x1=count - 1, y0=0, y1=c.stretch, line={"width": 0}, fillcolor=WASH, layer="below"
    )
    drawn.add_annotation(
        **note(slow, 0, "less than one turn", colour=INK_3, xanchor="left", yanchor="bottom", xshift=4)
    )
    for trace in drawn.data:
        if trace.name == called(c.method):
            trace.update(line={"width": 3})
    kept = (
        f" Of the model’s 8 pairs, {measured['kept_pairs']:.0f} kept, {measured['blended_pairs']:.0f} blended,"
        f" {measured['interpolated_pairs']:.0f} interpolated; scores × {measured['score_factor']:.3f}."
    )
    return Figure(
        title=f"How many times slower each pair turns, for {c.stretch}× the length",
        caption=(
            "Quick pairs left, slow ones right. {wash|Shaded}: pairs that never came round in training; below its"
            f" top they meet new angles. {{accent|{called(c.method)}}} is chosen."
        ),
        text=(
            f"In the trained model {called(c.method)} slows the quickest pair"
            f" {measured['fastest_pair_slowed_times']:.3g} and the slowest"
            f" {measured['slowest_pair_slowed_times']:.3g} times;"
            f" {measured['new_angles_in_slow_pairs']:.0f} of its pairs meet new angles."
            f"{kept if c.method in ('YaRN', 'NTK-by-parts') else ''}"
        ),
        plot=drawn,
        height=282,
    )


def _length(result: ScalingResult, measured: Measurements) -> Figure:
    c = result.controls
    width = length(c.stretch) // STRETCHES
    middles = ((np.arange(STRETCHES) + 0.5) * width).tolist()
    lines = {called(method): binned(loss[None], width).tolist() for method, loss in result.untuned.items()}
    now = result.tuned.get(c.method, [result.untuned[c.method]])[-1]
    steps = result.steps[-1]
    after = f"after {steps} steps of training on" if steps else "not trained on"
    return Figure(
        title="Loss by place in the text, nats",
        caption=(f"Trained on texts of 64 tokens, never on longer ones. {{accent|Dots}}: {called(c.method)}, {after}."),
        text=(
            f"Past token 64 {called(c.method)}, {after}, loses {measured['loss_past_the_trained_length_nats']:.2f} nats"
            f" a token, plain RoPE {beyond(result.untuned['none']):.2f}; within it"
            f" {measured['loss_within_the_trained_length_nats']:.2f} against {inside(result.untuned['none']):.2f}."
        ),
        plot=by_place(middles, lines, colours(c.method), now[None], room=92, height=236, dot=width),
        height=236,
        half=True,
    )


def _trade(result: ScalingResult, measured: Measurements) -> Figure:
    c = result.controls
    paths = {
        called(method): ([inside(look) for look in looks], [beyond(look) for look in looks])
        for method, loss in result.untuned.items()
        for looks in [result.tuned.get(method, [loss])]
    }
    steps = result.steps[-1]
    moved = f"Lines: {steps} steps of training on, from hollow to filled." if steps else "Set steps to train on."
    return Figure(
        title="Loss past token 64 against loss before it, nats",
        caption=f"Down is the gain, right the price. {moved}",
        text=(
            f"{called(c.method)} changes the loss by {measured['price_within_the_trained_length_nats']:+.2f} nats"
            f" within {TRAINED} tokens and by {-measured['gain_past_the_trained_length_nats']:+.2f} past them."
        ),
        plot=tradeoff(paths, x_title="loss within 64 tokens", colours=colours(c.method)),
        height=236,
        half=True,
    )


def origins(result: ScalingResult) -> list[Drawn]:
    c, drawn = result.controls, methods(result.controls.method)
    return [
        Drawn("pairs", slowed(method, c.stretch, result.drawn), trace=drawn.index(method))
        for method in dict.fromkeys((c.method, *drawn))  # the button asks about the first
    ]
