"""The critic along the line between the groups, what a generator makes of it, and distances with their estimates."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.critic_slope.critic_training import MOVES
from app.experiments.generative.critic_slope.run import PROFILE, REACH, CriticSlopeResult
from app.provenance.origin import Plotted, computed
from models.generative.wasserstein import estimate_under_penalty
from visualizers.curve import curves
from visualizers.horizontal_bars import horizontal_bars
from visualizers.marks import reference_line
from visualizers.stepped_curves import stepped_curves
from visualizers.theme import ACCENT, INK_3, SERIES, note


def figures(result: CriticSlopeResult, metrics: Measurements) -> Figures:
    return {
        "profile": _profile(result, metrics),
        "path": _path(result, metrics),
        "distances": _distances(result, metrics),
    }


def _profile(result: CriticSlopeResult, metrics: Measurements) -> Figure:
    c, progress = result.controls, result.progress
    profiles = torch.stack([one.profile for one in progress.shown])  # (S, PROFILE)
    centred = profiles - profiles[:, PROFILE // 2, None]
    x = np.linspace(-REACH, REACH, PROFILE)
    top = 1.25 * max(c.apart / 2, float(centred[-1].nan_to_num(0.0, 0.0, 0.0).abs().max()), 0.1)
    ideal = np.tile(-x, (len(profiles), 1))
    drawn = stepped_curves(
        x, {"critic": centred.numpy(), "slope 1": ideal}, x_title="along the line through both groups",
        y_range=(-top, top), colours={"critic": ACCENT, "slope 1": INK_3},
        frames=list(map(str, progress.shown_steps)), start=len(profiles) - 1,
    )  # fmt: skip
    for at, name in ((-c.apart / 2, "real"), (c.apart / 2, "generated")):
        drawn.add_shape(reference_line(x=at))
        drawn.add_annotation(**note(at, 1, name, yref="paper", yanchor="top", xanchor="left", xshift=4))
    return Figure(
        title="The critic between two groups of points",
        caption=(
            "{trace:critic|The critic} along the line, 0 in the middle; {trace:slope 1|the dashes} fall with slope 1."
            f" The critic is higher at the real points. Slope held by: {c.constraint}."
        ),
        text=(
            f"After {progress.step} steps, the slope between the groups is {metrics['mean_slope']:.3g} on average. The"
            f" critic’s mean differs by {metrics['estimate']:.3g} between the groups; their true distance is"
            f" {c.apart:g}."
        ),
        plot=drawn,
        height=320,
        steps="step",
        start=len(profiles) - 1,
        sources=[Plotted(centred, trace="critic", framed=True)],
    )


def _path(result: CriticSlopeResult, metrics: Measurements) -> Figure:
    lines = {"critic": result.path, "D, saturating": result.paths[0], "D, non-saturating": result.paths[1]}
    most = max(float(one.nan_to_num(0.0, 0.0, 0.0).max()) for one in lines.values())
    drawn = curves(
        np.arange(MOVES + 1), {name: one.numpy() for name, one in lines.items()}, x_title="step of the generator",
        y_range=(0, 1.1 * min(max(most, result.controls.apart), 3 * result.controls.apart)), room=14,
        colours={"critic": ACCENT, "D, saturating": SERIES[1], "D, non-saturating": INK_3},
    )  # fmt: skip
    drawn.layout.annotations = ()
    return Figure(
        title="How far a generator is from the data",
        caption=(
            "A generator that only shifts its points follows {trace:critic|the critic}, or a discriminator by the"
            " {trace:D, saturating|saturating} or the {trace:D, non-saturating|non-saturating} loss."
        ),
        text=(
            f"Over the last ten of {MOVES} steps a distance of {metrics['distance_left_with_critic']:.2g} is left"
            f" with the critic, {metrics['distance_left_with_saturating_discriminator']:.2g} with the saturating loss"
            f" and {metrics['distance_left_with_non_saturating_discriminator']:.2g} with the non-saturating one."
            if result.progress.done
            else "The generators are trained after the critic."
        ),
        plot=drawn,
        height=290,
        half=True,
        sources=[Plotted(one, trace=name) for name, one in lines.items()],
    )


def _distances(result: CriticSlopeResult, metrics: Measurements) -> Figure:
    c = result.controls
    true = torch.stack([torch.tensor(c.apart), result.image_distance])  # (2,) points, images
    predicted = computed(estimate_under_penalty, W=true, strength=c.strength)
    estimates = torch.stack([result.progress.newest.estimate, result.images])  # (2,)
    values = torch.stack([true, predicted.tensor, estimates], dim=1).ravel()  # (6,)
    names = [f"{of}: {what}" for of in ("points", "images") for what in ("W", "formula", "estimate")]
    drawn = horizontal_bars(
        values.numpy(), labels=names, left=112, colours=[INK_3, SERIES[1], ACCENT] * 2, x_title="distance",
    )  # fmt: skip
    images = "The images are measured after the training."
    if result.progress.done:
        images = (
            f"Images: true {metrics['image_distance']:.3g}, estimated {metrics['image_estimate']:.3g}, which is"
            f" {metrics['image_estimate_over_prediction']:.3g} times the formula."
        )
    return Figure(
        title="Distance: true, by the formula, estimated",
        caption=(
            f"{{accent|Estimates}} on held-out points beside the true W and {{c2|W (1 + W/(2λ))}}. Images: noisy digits"
            f" {c.pair}, the norm of the slope taken {c.norm}."
        ),
        text=(
            f"Points: true {c.apart:g}, by the formula {metrics['predicted_estimate']:.3g}, estimated"
            f" {metrics['estimate']:.3g}. {images}"
        ),
        plot=drawn,
        height=290,
        half=True,
        sources=[Plotted(values, trace="values")],
    )
