"""The three figures of a diffusion run: one sample from noise to data, all samples, and what is measured."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.diffusion.layout import COLUMNS, LARGEST_FRAMES, ROWS, SHOWN_DIGIT, SHOWN_STOPS, spaced
from app.experiments.generative.diffusion.run import GUIDANCES, NOISES, SAMPLERS, SWEEP_STEPS, DiffusionResult
from app.experiments.generative.diffusion.sources import sources_of
from visualizers.curve import curves
from visualizers.field import clouds, flow
from visualizers.image import pictures
from visualizers.marks import left_empty, reference_line
from visualizers.small_multiples import axes, side_by_side
from visualizers.theme import GRID, INK, INK_3, SERIES, compact

SHOWN_FIRST = 0.6
STEP_LINES = {  # of the code that the page shows
    "DDIM": "return b**0.5 * x0 + (1 - b - variance) ** 0.5",
    "DDPM": "return (b**0.5 * beta * x0 + (1 - beta) ** 0.5",
    "DDPM, noise left out": "return (b**0.5 * beta * x0 + (1 - beta) ** 0.5",
}


def figures(result: DiffusionResult, metrics: Measurements) -> Figures:
    kept = spaced(len(result.times), LARGEST_FRAMES)
    if result.data == "digits":
        drawn = {"way": _digit_way(result), "stops": _digit_stops(result, kept)}
    else:
        drawn = {"way": _cloud_way(result), "stops": _cloud_stops(result, kept)}
    sources = sources_of(result, SAMPLERS[result.sampler])
    drawn = {key: replace(figure, sources=sources.get(key, ())) for key, figure in drawn.items()}
    return drawn | {"progress": _progress(result, kept)}


def _names(result: DiffusionResult, kept: list[int]) -> list[str]:
    return [f"t = {result.times[stop]}" for stop in kept]


def _digit_way(result: DiffusionResult) -> Figure:
    labels = result.asked.tolist()
    one = labels.index(SHOWN_DIGIT) if SHOWN_DIGIT in labels else 0
    kept = spaced(len(result.times), SHOWN_STOPS)
    times = [result.times[stop] for stop in kept]
    images = np.stack(
        [
            result.noised[kept[::-1], one, 0].numpy(),
            result.x[kept, one, 0].numpy(),
            result.guesses[kept, one, 0].numpy(),
        ]
    )
    back = [str(t) for t in times]
    return Figure(
        title=f"To noise and back: a {labels[one]}",
        caption=(
            "Top: noise is added to a real digit. Middle: other noise becomes a digit. Bottom: the clean image that the"
            " network predicts at that step. The number is t."
        ),
        text=f"A {labels[one]} is sampled from noise in {len(result.times) - 1} steps; {len(kept)} stops are shown.",
        plot=pictures(images, rows=ROWS, columns=[""] * len(kept), under=[back[::-1], back, back]),
        height=310,
    )


def _digit_stops(result: DiffusionResult, kept: list[int]) -> Figure:
    asked = [str(label) for label in result.asked[:COLUMNS].tolist()]
    rows = [result.noised, result.x, result.guesses]
    images = np.stack([stops[kept][:, :COLUMNS, 0].numpy() for stops in rows], axis=1)
    half = int(SHOWN_FIRST * (len(kept) - 1))
    return Figure(
        title="Every digit, step by step",
        caption=(
            "Each column is one digit asked for; click it to ask for that digit alone. Step towards t = 0: the sample"
            " and the real digit above it have the same noise level."
        ),
        text=(
            f"{result.on_target[-1].sum()} of {len(result.asked)} sampled digits are recognised as the digit asked"
            f" for; {len(asked)} are shown."
        ),
        plot=pictures(
            images, rows=ROWS, columns=asked, frames=_names(result, kept), start=half, sets="digit", values=asked
        ),
        height=225,
        lines=[STEP_LINES[result.sampler]] * len(kept),
        steps="step",
        start=half,
    )


def _cloud_way(result: DiffusionResult) -> Figure:
    kept = spaced(len(result.times), 6)
    times = [result.times[stop] for stop in kept]
    stops = np.stack([result.noised[kept[::-1]].numpy(), result.x[kept].numpy(), result.guesses[kept].numpy()])
    back = [str(t) for t in times]
    return Figure(
        title=f"To noise and back: {result.data}",
        caption=(
            "{c1|Top}: noise is added to real points. {c2|Middle}: other noise takes the same shape. {c3|Bottom}: where"
            " the network predicts that each point will end. The number is t."
        ),
        text=f"{len(result.asked)} points are sampled in {len(result.times) - 1} steps; {len(kept)} stops are shown.",
        plot=clouds(stops, rows=ROWS, under=[back[::-1], back, back]),
        height=400,
    )


def _cloud_stops(result: DiffusionResult, kept: list[int]) -> Figure:
    half = int(SHOWN_FIRST * (len(kept) - 1))
    return Figure(
        title="The points in the field of the network",
        caption=(
            "{accent|Points} at this step, {c2|where the network predicts} that each will end, and grey arrows from a"
            " grid to that prediction. Step towards t = 0: the arrows separate."
        ),
        text=(
            f"{result.on_target[-1].sum()} of {len(result.asked)} points end as close to a real one as"
            " 99 % of held-out points lie."
        ),
        plot=flow(
            result.x[kept].numpy(),
            guesses=result.guesses[kept].numpy(),
            data=result.noised[-1].numpy(),
            places=result.places.numpy(),
            arrows=result.arrows[kept].numpy(),
            frames=_names(result, kept),
            start=half,
        ),
        height=420,
        steps="step",
        start=half,
    )


def _progress(result: DiffusionResult, kept: list[int]) -> Figure:
    half = int(SHOWN_FIRST * (len(kept) - 1))
    share = result.on_target.float().mean(1)[kept].numpy()
    noise = (1 - result.alpha_bar[kept]).sqrt().numpy()
    variety = result.variety[kept].numpy()
    word = "recognised" if result.data == "digits" else "on the shape"
    lines = {"noise": noise, word: share, "variety": variety}
    steps = np.asarray(kept)
    highest = max([variety.max(), *(found[:, 1].max().item() for found in result.guided.values())])
    drawn = curves(steps, lines, x_title="steps done", room=12)
    drawn.layout.annotations = ()  # the caption names the lines

    def dots(at: int) -> go.Scatter:
        return go.Scatter(x=[steps[at]] * 3, y=compact([line[at] for line in lines.values()]))

    first = dots(half)
    first.update(
        name="step", mode="markers", marker={"size": 9, "color": SERIES[:3], "line": {"color": INK, "width": 1}},
        hoverinfo="skip",
    )  # fmt: skip
    drawn.add_trace(first)
    names = _names(result, kept)
    drawn.frames = [go.Frame(name=name, data=[dots(at)], traces=[len(lines)]) for at, name in enumerate(names)]
    for trace in _at_guidances(result).data:
        drawn.add_trace(trace.update(xaxis="x2", yaxis="y2"))
    left, right = side_by_side(2, 0.1)
    grid = {"gridcolor": GRID, "zeroline": False}
    drawn.update_layout(
        axes("x", (left, right), {"title": {"text": "steps done"}, "range": [0, int(steps[-1])]},
             {"title": {"text": "guidance"}, "range": [-0.1, GUIDANCES[-1] + 0.1], "anchor": "y2"}, **grid)
        | axes("y", [(0.0, 1.0)] * 2, {}, {"anchor": "x2"}, range=[0, max(1.08, 1.05 * float(highest))], **grid)
    )  # fmt: skip
    drawn.add_shape(reference_line(x=result.guidance, xref="x2", yref="y2 domain"))
    return Figure(
        title="From step to step, and at other guidances",
        caption=(
            "Left: {c1|noise} left in the sample; {c2|share} that is as asked, judged with its noise; {c3|variety}"
            f" of the predictions, where 1 is that of real data. Right: {{c2|share}} and {{c3|variety}} after"
            f" {SWEEP_STEPS} steps, {{ink-3|from {NOISES} noises}} and their means; the dotted line is this setting."
        ),
        text=(
            f"At the end {share[-1]:.0%} are {word}; the samples vary {float(result.variety_drawn):.2f} times as much"
            f" as real ones. {_guided(result)}"
        ),
        plot=drawn,
        height=240,
        steps="step",
        start=half,
    )


def _at_guidances(result: DiffusionResult) -> go.Figure:
    """Shares as asked and varieties at every guidance that is measured so far: one thin line a noise, and the mean."""
    nothing = np.full((NOISES, 2), np.nan)
    found = np.stack([result.guided[g].numpy() if g in result.guided else nothing for g in GUIDANCES])  # (G, N, 2)
    lines, colours = {}, {}
    for quantity, (name, colour) in enumerate((("share at this guidance", SERIES[1]), ("its variety", SERIES[2]))):
        for noise in range(NOISES):
            lines[f"{name}, noise {noise + 1}"] = found[:, noise, quantity]
            colours[f"{name}, noise {noise + 1}"] = INK_3
        lines[name], colours[name] = found[..., quantity].mean(axis=1), colour
    drawn = curves(GUIDANCES, lines, x_title="guidance", markers=True, colours=colours)
    for trace in drawn.data:
        left_empty(trace)
        if "noise" in trace.name:
            trace.update(line={"width": 1, "dash": "solid"}, marker={"size": 3})
    return drawn


def _guided(result: DiffusionResult) -> str:
    if len(result.guided) < len(GUIDANCES):
        return "Other guidances are still being measured."
    means = {g: found.mean(dim=0).tolist() for g, found in result.guided.items()}
    (without, varied), (plain, less) = means[0.0], means[1.0]
    return (
        f"From guidance 0 to 1 the share as asked goes from {without:.0%} to {plain:.0%}, and variety from"
        f" {varied:.2f} to {less:.2f}."
    )
