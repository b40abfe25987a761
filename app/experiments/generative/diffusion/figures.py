"""The three figures of a diffusion run: one sample's whole way, all samples stop by stop, and what is measured."""

import numpy as np
import plotly.graph_objects as go

from app.experiments.base import Figure, Figures, Measurements, with_sources
from app.experiments.generative.diffusion.layout import COLUMNS, LARGEST_FRAMES, ROWS, SHOWN_DIGIT, SHOWN_STOPS, spaced
from app.experiments.generative.diffusion.run import SAMPLERS, DiffusionResult
from app.experiments.generative.diffusion.sources import origins
from visualizers.curve import curves
from visualizers.field import clouds, flow
from visualizers.image import pictures
from visualizers.theme import INK, SERIES, compact

SHOWN_FIRST = 0.6
STEP_LINES = {  # of the code that the page shows
    "DDIM": "return b**0.5 * x0 + (1 - b - variance) ** 0.5",
    "DDPM": "return (b**0.5 * beta * x0 + (1 - beta) ** 0.5",
    "DDPM, noise left out": "return (b**0.5 * beta * x0 + (1 - beta) ** 0.5",
}


def figures(result: DiffusionResult, measured: Measurements) -> Figures:
    kept = spaced(len(result.times), LARGEST_FRAMES)
    if result.data == "digits":
        drawn = {"way": _digit_way(result), "stops": _digit_stops(result, kept), "progress": _progress(result, kept)}
    else:
        drawn = {"way": _cloud_way(result), "stops": _cloud_stops(result, kept), "progress": _progress(result, kept)}
    return with_sources(drawn, origins(result, SAMPLERS[result.sampler]))


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
        title=f"There and back: a {labels[one]}",
        caption=(
            "Top row, left to right: a real digit drowns in noise. Middle row: other noise, from which the network"
            " draws a digit. Bottom row: what the network takes the noisy image above for; its first guess is the"
            " average digit. The number is t."
        ),
        text=f"A {labels[one]} drawn from noise in {len(result.times) - 1} steps, shown at {len(kept)} of them.",
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
            "One column a digit that was asked for; click it to ask for it alone. Step towards t = 0: the drawn digit"
            " comes out of the noise while the real one above it clears up at the same level of noise."
        ),
        text=(
            f"{result.on_target[-1].sum()} of {len(result.asked)} drawn digits are recognised as the digit asked for;"
            f" the first {len(asked)} are shown."
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
        title=f"There and back: {result.data}",
        caption=(
            "{c1|Top row}, left to right: real points scatter into a round cloud. {c2|Middle}: other noise that the"
            " network moves into the same shape. {c3|Bottom}: where the network thinks each point will end; at first"
            " all near the middle. The number is t."
        ),
        text=f"{len(result.asked)} points drawn in {len(result.times) - 1} steps, shown at {len(kept)} of them.",
        plot=clouds(stops, rows=ROWS, under=[back[::-1], back, back]),
        height=400,
    )


def _cloud_stops(result: DiffusionResult, kept: list[int]) -> Figure:
    half = int(SHOWN_FIRST * (len(kept) - 1))
    return Figure(
        title="The points in the field of the network",
        caption=(
            "{accent|Points} on their way, {c2|the network's guess} of where each will end, and grey arrows from"
            " anywhere to that guess. Step towards t = 0: arrows that all point at the middle part, one way a branch."
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
    drawn = curves(steps, lines, x_title="steps done", y_range=(0, max(1.08, 1.05 * float(variety.max()))))

    drawn.update_xaxes(range=[0, int(steps[-1])])
    upper, lower = (1, 2) if share[-1] >= variety[-1] else (2, 1)
    if abs(share[-1] - variety[-1]) < 0.08:  # the words at the ends of the two lines would touch
        drawn.layout.annotations[upper].yshift, drawn.layout.annotations[lower].yshift = 8, -8

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
    return Figure(
        title="What changes on the way",
        caption=(
            "{c1|Noise} left in the image; {c2|share} of noisy samples that already pass for what was asked;"
            " {c3|variety} of the guesses, 1 being that of real data. Variety is made on the way, not at the start."
        ),
        text=(
            f"At the end {share[-1]:.0%} are {word}; the samples vary {float(result.variety_drawn):.2f} times as much"
            f" as real ones."
        ),
        plot=drawn,
        height=240,
        steps="step",
        start=half,
    )
