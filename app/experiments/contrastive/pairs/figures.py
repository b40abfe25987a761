"""Where digits lie, how far pairs are apart, what the loss does at each distance, and how well pairs are told apart."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.contrastive.digit_map import map_of
from app.experiments.contrastive.pairs.run import LOSSES, PairsResult, pairs_of
from app.provenance.origin import Plotted
from models.contrastive.pair_losses import slope
from visualizers.charts_beside import Chart, charts_beside
from visualizers.curve import mark_x
from visualizers.marks import reference_line
from visualizers.stepped_curves import stepped_curves
from visualizers.theme import ACCENT, AXIS, INK_3, SERIES, note

BINS = 40


def figures(result: PairsResult, metrics: Measurements) -> Figures:
    progress = result.progress
    return {
        "map": map_of(
            [one.left for one in progress.shown], result.y, progress.shown_steps,
            f"For {metrics['neighbour_accuracy_percent']:.1f} % of held-out digits 0 to 6 the nearest training example"
            " is of their class.",
        ),
        "distances": _distances(result, metrics),
        "course": _course(result, metrics),
    }  # fmt: skip


def _distances(result: PairsResult, metrics: Measurements) -> Figure:
    shown, margin = result.progress.shown, result.controls.margin
    given = [[pairs_of(one, result.y, unseen) for one in shown] for unseen in (False, True)]
    last = given[0][-1].distances
    highest = max(1.5 * margin, float(torch.quantile(last, 0.98)) if last.isfinite().all() else 0.0)
    edges = np.linspace(0, highest, BINS + 1)
    rows = {}
    for name, pairs in (("0 to 6", given[0]), ("7 to 9", given[1])):
        for kind, same in (("same", True), ("different", False)):
            counts = [np.histogram(one.distances[one.same == same].numpy(), edges)[0] for one in pairs]
            rows[f"{kind}, {name}"] = np.stack([100 * each / max(each.sum(), 1) for each in counts])
    colours = dict(zip(rows, (ACCENT, SERIES[1], INK_3, SERIES[6])))
    top = 1.1 * max(each[-1].max() for each in rows.values())
    steps = list(map(str, result.progress.shown_steps))
    drawn = stepped_curves(
        (edges[1:] + edges[:-1]) / 2, rows, x_title="distance", y_range=(0, top), colours=colours, frames=steps,
        start=len(steps) - 1,
    )  # fmt: skip
    mark_x(drawn, margin, "margin")
    drawn.add_shape(reference_line(x=result.pair, colour=ACCENT, dash="dash"))
    drawn.add_annotation(
        **note(min(result.pair, highest), 0.88, "your pair", yref="paper", xanchor="left", colour=ACCENT, xshift=5)
    )
    return Figure(
        title="Distances of pairs of held-out digits, % of pairs",
        caption=(
            "Digits 0 to 6: pairs of the {trace:same, 0 to 6|same} and of {trace:different, 0 to 6|different} digits."
            " Digits 7 to 9: {trace:same, 7 to 9|same} and {trace:different, 7 to 9|different}. Dashed: your two."
        ),
        text=(
            f"Your two digits are {metrics['pair_distance']:.2f} apart. Pairs of one digit from 0 to 6 are"
            f" {metrics['same_distance']:.2f} apart on average, pairs of two {metrics['different_distance']:.2f}."
        ),
        plot=drawn,
        height=360,
        half=True,
        steps="step",
        start=len(steps) - 1,
        sources=[Plotted(torch.from_numpy(each), trace=name, framed=True) for name, each in rows.items()],
    )


def _course(result: PairsResult, metrics: Measurements) -> Figure:
    snapshots, margin, loss = result.progress.snapshots, result.controls.margin, LOSSES[result.controls.loss]
    found = {
        "digits 0 to 6": torch.tensor([one.area for one in snapshots]),
        "digits 7 to 9": torch.tensor([one.unseen_area for one in snapshots]),
        "still pushing": torch.tensor([one.pushing for one in snapshots]),
    }
    d = torch.linspace(0.01, 1.5 * margin, 61)
    slopes = {"pull": slope(loss, d, 1.0, margin), "push": slope(loss, d, 0.0, margin)}
    area = Chart(
        "Area under ROC curve", np.array(result.progress.taken), {name: each.numpy() for name, each in found.items()},
        {"digits 0 to 6": ACCENT, "digits 7 to 9": SERIES[1], "still pushing": INK_3}, "step", (0, 1.05),
        levels=[(metrics["pixel_area"], ACCENT), (metrics["unseen_pixel_area"], SERIES[1])], dots=True,
    )  # fmt: skip
    force = Chart(
        "Slope of the loss", d.numpy(), {name: each.numpy() for name, each in slopes.items()},
        {"pull": ACCENT, "push": SERIES[1]}, "distance of the pair", levels=[(0.0, AXIS)], mark=(margin, "margin"),
    )  # fmt: skip
    trained = "trained" if result.controls.trained == "all" else "never trained"
    return Figure(
        title="How well distances tell same from different, and what the loss does to a pair",
        caption=(
            "Left: probability that a pair of one class is closer than a pair of two, for"
            " {trace:digits 0 to 6|digits 0 to 6} and {trace:digits 7 to 9|7 to 9}; dotted: raw pixels."
            " {trace:still pushing|Grey}: pairs of two digits within the margin."
            " Right: {trace:pull|pull} on pairs of one class, {trace:push|push} on pairs of two."
        ),
        text=(
            f"A pair of one digit from 0 to 6 is closer than a pair of two with probability {metrics['area']:.3f}, by"
            f" raw pixels {metrics['pixel_area']:.3f}. For digits 7 to 9, {trained}, it is"
            f" {metrics['unseen_area']:.3f}, by raw pixels {metrics['unseen_pixel_area']:.3f}."
            f" {metrics['pushing_percent']:.0f} % of the pairs of two digits are within the margin."
        ),
        plot=charts_beside([area, force]),
        height=300,
        sources=[Plotted(each, trace=name) for name, each in (found | slopes).items()],
    )
