"""The two players, stepped in the browser; D beside the best one; the gradients of the two losses."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Machine, Measurements
from app.experiments.generative.two_players.run import (
    AHEAD,
    BATCH,
    STEPS,
    Frozen,
    Gradients,
    TwoPlayersResult,
)
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.curve import curves, mark_x
from visualizers.diagonal_points import diagonal_points
from visualizers.players import REACH, players
from visualizers.theme import ACCENT, SERIES

CELLS, REAL, GENERATED, PULLS, PULL = 31, 500, 192, 48, 0.35


def figures(result: TwoPlayersResult, metrics: Measurements) -> Figures:
    return {
        "players": _players(result, metrics),
        "frozen": _frozen(result, metrics),
        "gradients": _gradients(result, metrics),
    }


def pulls_of(result: TwoPlayersResult, points: Tensor) -> Tensor:
    """Where the generator’s loss would move each point: (A, 2) → (A, 2, 2), from and to, at most ``PULL`` long."""
    x = points.detach().requires_grad_()
    s = result.both.judge(x)
    loss = (1 - s.sigmoid()).log() if result.controls.loss == "saturating" else -s.sigmoid().log()
    (slope,) = torch.autograd.grad(loss.sum(), x)
    moved = -PULL * slope / slope.norm(dim=-1, keepdim=True).clamp_min(1)  # (A, 2)
    return torch.stack([points, points + moved.nan_to_num(0.0)], dim=1)


def _players(result: TwoPlayersResult, metrics: Measurements) -> Figure:
    c, both = result.controls, result.both
    places = torch.linspace(-REACH, REACH, CELLS).double()
    grid = torch.cartesian_prod(places, places).flip(-1)  # (N², 2), rows of one y
    with torch.no_grad():
        chances = both.judge(grid).sigmoid().view(CELLS, CELLS).nan_to_num(0.5)
        generated = both.generate(result.noise[:GENERATED])  # (Q, 2)
    return Figure(
        title="Two players in the plane",
        caption=(
            "Orange areas: the discriminator says real; blue: generated. {trace:generated points|Dots}: what the"
            " generator draws; their {trace:pulls|lines} are its gradient. Run it from the start, or play one side at"
            " a time. A click adds a mode of your own."
        ),
        text=(
            f"After {number(result.progress.step)} steps of each player, {metrics['points_at_a_mode_percent']:.0f} % of"
            f" the generated points lie at a mode of the data; {metrics['modes_covered']:.0f} of"
            f" {metrics['modes']:.0f} modes are covered. The mean of D is"
            f" {metrics['mean_d_of_real_points']:.2f} on real points and {metrics['mean_d_of_generated_points']:.2f} on"
            " generated ones."
        ),
        plot=players(
            chances.numpy(), real=result.real[:REAL].numpy(), generated=generated.nan_to_num(0.0).numpy(),
            pulls=pulls_of(result, generated[:PULLS]).nan_to_num(0.0).numpy(), sets="own",
        ),
        height=470,
        machine=Machine(
            "gan",
            {
                "start": [one.float() for one in result.start],
                "real": result.real.float(), "noise": result.noise.float(),
                "rates": [c.generator_rate, c.discriminator_rate], "loss": c.loss, "stopped": c.stopped,
                "steps": STEPS, "batch": BATCH,
            },
        ),
        sources=[Plotted(result.real, lambda x: x[:REAL, 1], trace="real points")],
    )  # fmt: skip


def _frozen(result: TwoPlayersResult, metrics: Measurements) -> Figure:
    nothing = torch.full((1,), torch.nan)
    found = result.frozen or Frozen(nothing, nothing, nothing, nothing)
    at = np.linspace(0, 1, 60)
    return Figure(
        title="D against p/(p + q), generator frozen",
        caption=(
            "A second discriminator, trained against fixed points of known density q. {trace:learned|Dots}: D at real"
            " and generated points. {trace:p/(p + q)|Line}: the best D; {trace:3p/(3p + q)|dashed}: with each real"
            " point counted three times."
        ),
        text=(
            f"With {result.controls.ratio} in a batch, D is on average"
            f" {metrics['error_of_frozen_discriminator']:.3f} away from p/(p + q)."
            if result.frozen
            else "It is trained when the game is over."
        ),
        plot=diagonal_points(
            found.best.numpy(), found.learned.numpy(), name="learned",
            lines={"p/(p + q)": (at, at), "3p/(3p + q)": (at, 3 * at / (1 + 2 * at))},
            x_title="p/(p + q)",
        ),
        height=290,
        half=True,
        sources=[Plotted(found.learned, trace="learned")] if result.frozen else [],
    )  # fmt: skip


def _gradients(result: TwoPlayersResult, metrics: Measurements) -> Figure:
    nothing = torch.full((len(AHEAD),), torch.nan)
    found = result.gradients or Gradients(nothing, nothing)
    lines = {"non-saturating": found.non_saturating, "saturating": found.saturating}
    drawn = curves(
        AHEAD, {name: values.numpy() for name, values in lines.items()}, x_title="steps of the discriminator ahead",
        y_log=True, markers=True, colours={"non-saturating": ACCENT, "saturating": SERIES[1]}, room=14,
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.update_xaxes(range=[0, AHEAD[-1]])
    drawn.update_yaxes(dtick=1)
    mark_x(drawn, result.controls.ahead, "measured")
    return Figure(
        title="Gradient of the generator, D trained ahead",
        caption=(
            "The generator stays untrained while the discriminator learns alone. {trace:saturating|Saturating}:"
            " log(1 − D). {trace:non-saturating|Non-saturating}: −log D."
        ),
        text=(
            f"With D {metrics['discriminator_ahead_steps']:.0f} steps ahead, the non-saturating gradient is"
            f" {metrics['ratio_of_gradients']:.3g} times the saturating one."
            if result.gradients
            else "It is measured when the game is over."
        ),
        plot=drawn,
        height=290,
        half=True,
        sources=[Plotted(values, trace=name) for name, values in lines.items()] if result.gradients else [],
    )
