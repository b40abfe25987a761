"""The two players, stepped in the browser; modes covered in all games; D beside the best one; the two gradients."""

import numpy as np
import torch
from torch import Tensor

from app.experiments.base import Figure, Figures, Machine, Measurements
from app.experiments.generative.two_players.discriminator_alone import AHEAD, Frozen, Gradients
from app.experiments.generative.two_players.games import BATCH, GAMES, PARTS, STEPS
from app.experiments.generative.two_players.run import TwoPlayersResult
from app.number_format import number
from app.provenance.origin import Plotted
from visualizers.banded_curves import banded_curves
from visualizers.charts_beside import Chart, charts_beside
from visualizers.marks import reference_line
from visualizers.players import REACH, players
from visualizers.theme import ACCENT, INK, INK_2, SERIES, compact

CELLS, REAL, GENERATED, PULLS, PULL, EVERY = 31, 500, 192, 48, 0.35, 8


def figures(result: TwoPlayersResult, metrics: Measurements) -> Figures:
    return {
        "players": _players(result, metrics),
        "covered": _covered(result, metrics),
        "alone": _alone(result, metrics),
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
            f"After {number(result.step)} steps of each player, {metrics['points_at_a_mode_percent']:.0f} % of"
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


def _covered(result: TwoPlayersResult, metrics: Measurements) -> Figure:
    covered, modes = result.covered.float(), metrics["modes"]  # (part + 1, GAMES)
    mean, own = covered.mean(dim=1), covered[:, 0]
    drawn = banded_curves(
        np.arange(len(covered)) * (STEPS // PARTS), {"mean": covered.T.numpy(), "this game": own[None].numpy()},
        x_title="step of each player", y_range=(-0.3, modes + 0.5), pixels=130, room=14,
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.update_xaxes(range=[0, STEPS])
    drawn.update_yaxes(tickvals=list(range(0, int(modes) + 1, max(1, int(modes) // 4))))
    drawn.add_shape(reference_line(y=modes))
    return Figure(
        title=f"Modes covered, {GAMES} games",
        caption=(
            f"{GAMES} games on the same data, from other starts. {{trace:mean|Mean}}, and from the fewest to the most"
            " covered. {trace:this game|Dashed}: the game above. Dotted: all modes."
        ),
        text=(
            f"After {number(result.step)} steps the games cover {metrics['mean_modes_covered']:.1f} of"
            f" {modes:.0f} modes on average, from {metrics['fewest_modes_covered']:.0f} to"
            f" {metrics['most_modes_covered']:.0f}."
        ),
        plot=drawn,
        height=210,
        sources=[Plotted(mean, trace="mean"), Plotted(own, trace="this game")],
    )


def _alone(result: TwoPlayersResult, metrics: Measurements) -> Figure:
    nothing = Frozen(*[torch.full((1,), torch.nan)] * 4)
    found, equal = result.frozen or nothing, result.equal or nothing
    ahead = result.gradients or Gradients(*[torch.full((len(AHEAD),), torch.nan)] * 2)
    order = found.best.argsort()
    best, learned, at_half = found.best[order], found.learned[order], equal.learned[::EVERY]
    dots = {"learned": learned, "p/(p + q)": best, "3p/(3p + q)": 3 * best / (1 + 2 * best)}
    lines = {"non-saturating": ahead.non_saturating, "saturating": ahead.saturating}
    plain = lambda values: {name: one.numpy() for name, one in values.items()}
    drawn = charts_beside([
        Chart("D, generator frozen", best.numpy(), plain(dots), dict(zip(dots, (ACCENT, INK, INK_2))), "p/(p + q)",
              (-0.02, 1.02)),
        Chart("generator’s gradient", np.asarray(AHEAD), plain(lines),
              dict(zip(lines, (ACCENT, SERIES[1]))), "steps that D is ahead", mark=(result.controls.ahead, "measured"),
              dots=True),
    ])  # fmt: skip
    drawn.update_traces(
        {"mode": "markers", "marker": {"size": 4, "color": ACCENT, "opacity": 0.45}}, {"name": "learned"}
    )
    drawn.add_scatter(
        x=compact(equal.best.numpy()[::EVERY]), y=compact(at_half.numpy()), name="p = q", mode="markers",
        marker={"size": 9, "color": SERIES[1], "symbol": "line-ew-open", "line": {"width": 1.5}},
        hovertemplate="p = q<br>D %{y:.3f}<extra></extra>",
    )  # fmt: skip
    drawn.update_layout(yaxis2={"type": "log", "dtick": 1, "range": None})
    text = "It is trained when the game is over."
    if result.frozen:
        text = (
            f"With {result.controls.ratio} in a batch, D is on average"
            f" {metrics['error_of_frozen_discriminator']:.3f} away from p/(p + q). Where generated points have the"
            f" data’s own density, D is {metrics['mean_d_at_equal_densities']:.3f} on average. With D"
            f" {metrics['discriminator_ahead_steps']:.0f} steps ahead, the non-saturating gradient is"
            f" {metrics['ratio_of_gradients']:.3g} times the saturating one."
        )
    return Figure(
        title="The discriminator trained alone",
        caption=(
            "Left: {trace:learned|D} at points of known densities, and {trace:p/(p + q)|the best D};"
            " {trace:3p/(3p + q)|dotted}: each real point counted three times. {trace:p = q|Strokes}: another D, whose"
            " generated points have the data’s density. Right: gradient of the untrained generator"
            " by {trace:non-saturating|−log D} and {trace:saturating|log(1 − D)}."
        ),
        text=text,
        plot=drawn,
        height=290,
        sources=[Plotted(learned, trace="learned"), Plotted(at_half, trace="p = q")]
        + [Plotted(values, trace=name) for name, values in lines.items()]
        if result.frozen
        else [],
    )
