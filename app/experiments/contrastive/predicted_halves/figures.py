"""How trainings with and without each guard went, halves that fit yours, and energies of right and wrong halves."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.contrastive.predicted_halves.halves_training import Learnt
from app.experiments.contrastive.predicted_halves.run import HALVES, SHOWN, HalvesResult
from app.provenance.origin import Plotted
from models.contrastive.joint_embedding import SIDES, opposite
from visualizers.charts_beside import Chart, charts_beside
from visualizers.image import IMAGES, pictures, sheet
from visualizers.theme import ACCENT, FAILED, INK_3, SERIES
from visualizers.truth_bars import truth_bars

POINTS = 40
COLOURS = {
    "all guards": ACCENT,
    "no moving average": SERIES[2],
    "no stop-gradient": FAILED,
    "no predictor": SERIES[7],
    "pixels as target": INK_3,
}
RANKS = ("rank_all_guards", "rank_without_moving_average", "rank_without_stop_gradient", "rank_without_predictor")


def figures(result: HalvesResult, metrics: Measurements) -> Figures:
    return {
        "course": _course(result, metrics),
        "fits": _fits(result, metrics),
        "energies": _energies(result, metrics),
    }


def _arms(result: HalvesResult) -> dict[str, Learnt]:
    """The trainings that are drawn: that with all guards, those with one off, and yours if it is none of them."""
    own = {"pixels as target": result.own} if result.controls.method == "pixels as target" else {}
    return {**{str(name): learnt for name, learnt in result.guards.items()}, **own}


def _chart(
    title: str, x: np.ndarray, part: str, lines: Mapping[str, Tensor], y_range: tuple[float, float], dots: bool = True
) -> tuple[Chart, list[Plotted]]:
    """Traces are called by the arm and, behind a comma, ``part``."""
    named = {f"{name}, {part}": line for name, line in lines.items()}
    colours = {f"{name}, {part}": COLOURS[name] for name in lines}
    chart = Chart(title, x, {name: line.numpy() for name, line in named.items()}, colours, "step", y_range, dots=dots)
    return chart, [Plotted(line, trace=name) for name, line in named.items()]


def _course(result: HalvesResult, metrics: Measurements) -> Figure:
    arms, at, taken = _arms(result), result.side, np.array(result.progress.taken)
    width = max(1, len(result.losses) // POINTS)
    smooth = {
        name: one.losses[: len(one.losses) // width * width].view(-1, width).mean(1).clamp_min(1e-8).log10()
        for name, one in arms.items()
    }
    over = (np.arange(len(smooth["all guards"])) + 0.5) * width
    spreads = {name: torch.stack([each.spread[at] for each in one.snapshots]) for name, one in arms.items()}
    ranks = {name: torch.stack([each.rank[at] for each in one.snapshots]) for name, one in arms.items()}
    top = 1.1 * max(float(line.max()) for line in ranks.values())
    loss, losses = _chart("Loss (log₁₀)", over, "loss", smooth, (-4, 1), dots=False)
    spread, first = _chart("Spread", taken, "spread", spreads, (0, 0.6))
    rank, second = _chart("Effective rank", taken, "rank", ranks, (0, top))
    key = ", ".join(f"{{trace:{name}, spread|{name}}}" for name in arms)
    return Figure(
        title="A low loss is not success: which guard holds the vectors apart",
        caption=(
            f"One training per line: {key}. Spread and rank are those of held-out target vectors. Vectors that shrink"
            " in all directions alike lose their spread and keep their rank."
        ),
        text=(
            f"With all guards the spread ends at {metrics['spread_all_guards']:.2f} and the loss at"
            f" {metrics['loss_all_guards']:.3f}; without the stop-gradient at"
            f" {metrics['spread_without_stop_gradient']:.2f} and {metrics['loss_without_stop_gradient']:.4f}. The"
            f" spread without the predictor is {metrics['spread_without_predictor']:.2f}, without the moving average"
            f" {metrics['spread_without_moving_average']:.2f}. The effective rank ends between"
            f" {min(metrics[name] for name in RANKS):.1f} and {max(metrics[name] for name in RANKS):.1f}."
        ),
        plot=charts_beside([loss, spread, rank]),
        height=270,
        sources=[*losses, *first, *second],
    )


def _fits(result: HalvesResult, metrics: Measurements) -> Figure:
    order = result.energies.argsort(stable=True)
    chosen = torch.stack([order[:SHOWN], order[-SHOWN:].flip(0)])  # (2, SHOWN)
    whole = torch.where(result.visible, result.yours, result.others[chosen])  # (2, SHOWN, 8, 8)
    under = [[f"of a {result.y[place]}" for place in row] for row in chosen.tolist()]
    best = result.y[order[:SHOWN]].tolist()
    return Figure(
        title=f"Your {result.controls.seen} half, completed",
        caption=(
            f"First row: the {result.hidden} halves of lowest energy, of {len(order)} held-out digits. Second row:"
            " those of highest energy. Below: the digit that the half comes from."
        ),
        text=(
            f"The {SHOWN} best halves are of the digits {', '.join(map(str, best))}; the best has an energy of"
            f" {result.energies.min():.3g}, the worst of {result.energies.max():.3g}."
        ),
        plot=pictures(whole.numpy(), rows=["fit best", "fit worst"], columns=[""] * SHOWN, under=under),
        height=250,
        half=True,
        sources=[Plotted(whole, _laid, trace=IMAGES, unit=None)],
    )


def _laid(images: Tensor) -> Tensor:
    return torch.from_numpy(sheet(images.numpy(), under=True))


def _energies(result: HalvesResult, metrics: Measurements) -> Figure:
    newest = result.progress.newest
    hidden = opposite(torch.arange(SIDES))
    bars = {"own": newest.own.mean(1)[hidden], "other": newest.other.mean(1)[hidden]}
    return Figure(
        title="Mean energy by hidden half, held-out digits",
        caption="With the {trace:own|digit’s own half} and with {trace:other|another digit’s}; one network for all.",
        text=(
            f"Over the four hidden halves, the energy with the own half is"
            f" {metrics['lowest_energy_over_other_percent']:.0f} to"
            f" {metrics['highest_energy_over_other_percent']:.0f} % of that with another digit’s. With your half"
            f" visible it is {metrics['own_energy']:.3g} against {metrics['other_energy']:.3g}."
        ),
        plot=truth_bars({name: each.numpy() for name, each in bars.items()}, labels=HALVES),
        height=250,
        half=True,
        sources=[Plotted(each, trace=name) for name, each in bars.items()],
    )
