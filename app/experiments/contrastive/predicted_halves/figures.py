"""Halves that fit yours by their energy, how the training went, and the energies of right and wrong halves."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.contrastive.predicted_halves.run import SHOWN, HalvesResult, matched, spread
from app.provenance.origin import Plotted
from visualizers.charts_beside import Chart, charts_beside
from visualizers.image import IMAGES, pictures, sheet
from visualizers.stepped_curves import stepped_curves
from visualizers.theme import ACCENT, AXIS, FAILED, INK_3, SERIES

BINS = 30


def figures(result: HalvesResult, metrics: Measurements) -> Figures:
    return {
        "course": _course(result, metrics),
        "fits": _fits(result, metrics),
        "energies": _energies(result, metrics),
    }


def _course(result: HalvesResult, metrics: Measurements) -> Figure:
    snapshots, losses = result.progress.snapshots, result.losses
    found = {
        "own half fits better": torch.tensor([matched(one) for one in snapshots]),
        "spread of the targets": torch.tensor([spread(one) for one in snapshots]),
    }
    width = max(1, len(losses) // 40)
    smooth = losses[: len(losses) // width * width].view(-1, width).mean(1)
    taken = np.array(result.progress.taken)
    loss = Chart(
        "Loss (logarithm to base 10)", (np.arange(len(smooth)) + 0.5) * width,
        {"loss": smooth.clamp_min(1e-8).log10().numpy()}, {"loss": INK_3}, "step", (-4, 1),
    )  # fmt: skip
    share = Chart(
        "What was learned", taken, {name: each.numpy() for name, each in found.items()},
        {"own half fits better": ACCENT, "spread of the targets": SERIES[1]}, "step", (0, 1.05),
        levels=[(0.5, AXIS)], dots=True,
    )  # fmt: skip
    return Figure(
        title="A low loss is not success",
        caption=(
            "Left: the {trace:loss|loss}. Right: share of held-out digits whose"
            " {trace:own half fits better|own half fits better} than another digit’s (dotted: chance), and the"
            " {trace:spread of the targets|spread of the target vectors}, their standard deviation."
        ),
        text=(
            f"The loss ends at {metrics['loss']:.4f}. For {metrics['matched_percent']:.0f} % of held-out digits the own"
            f" half fits better than another digit’s. The spread of the target vectors goes from"
            f" {metrics['spread_at_start']:.2f} to {metrics['spread']:.2f}."
        ),
        plot=charts_beside([loss, share]),
        height=270,
        sources=[Plotted(smooth.clamp_min(1e-8).log10(), trace="loss")]
        + [Plotted(each, trace=name) for name, each in found.items()],
    )


def _fits(result: HalvesResult, metrics: Measurements) -> Figure:
    order = result.energies.argsort(stable=True)
    chosen = torch.stack([order[:SHOWN], order[-SHOWN:].flip(0)])  # (2, SHOWN)
    yours = result.visible.expand(2, SHOWN, 4, 8)
    parts = [yours, result.hidden[chosen]]
    whole = torch.cat(parts if result.controls.seen == "upper" else parts[::-1], 2)  # (2, SHOWN, 8, 8)
    under = [[f"of a {result.y[place]}" for place in row] for row in chosen.tolist()]
    best = result.y[order[:SHOWN]].tolist()
    hidden = "lower" if result.controls.seen == "upper" else "upper"
    return Figure(
        title=f"Your {result.controls.seen} half, completed",
        caption=(
            f"First row: the {hidden} halves of lowest energy, of {len(order)} held-out digits. Second row: those of"
            " highest energy. Below: the digit that the half comes from."
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
    shown = result.progress.shown
    steps = list(map(str, result.progress.shown_steps))
    highest = float(torch.quantile(torch.cat([shown[-1].own, shown[-1].other]), 0.98))
    edges = np.linspace(0, highest, BINS + 1)
    rows = {
        name: np.stack(
            [100 * np.histogram(getattr(one, part).numpy(), edges)[0] / len(result.y) for one in shown]
        )
        for name, part in (("own half", "own"), ("another digit’s", "other"))
    }  # fmt: skip
    top = 1.1 * max(each[-1].max() for each in rows.values())
    drawn = stepped_curves(
        (edges[1:] + edges[:-1]) / 2, rows, x_title="energy", y_range=(0, top),
        colours={"own half": ACCENT, "another digit’s": FAILED}, frames=steps, start=len(steps) - 1,
    )  # fmt: skip
    return Figure(
        title="Energies of held-out digits, % of digits",
        caption="Energy with the {trace:own half|digit’s own half} and with {trace:another digit’s|another digit’s}.",
        text=(
            f"The mean energy is {metrics['own_energy']:.3g} with the own half and {metrics['other_energy']:.3g} with"
            " another digit’s."
        ),
        plot=drawn,
        height=250,
        half=True,
        steps="step",
        start=len(steps) - 1,
        sources=[Plotted(torch.from_numpy(each), trace=name, framed=True) for name, each in rows.items()],
    )
