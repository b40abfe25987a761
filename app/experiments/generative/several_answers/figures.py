"""Answers of the mixture and of one Gaussian over the data, the densities at one input, and the losses."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.generative.several_answers.run import HIGH, LOW, AnswersResult
from app.provenance.origin import Plotted
from visualizers.curve import curves
from visualizers.marks import reference_line
from visualizers.sample_clouds import sample_clouds
from visualizers.theme import ACCENT, INK_3, SERIES, note

DRAWN = 500


def figures(result: AnswersResult, metrics: Measurements) -> Figures:
    return {
        "answers": _answers(result, metrics), "densities": _densities(result, metrics), "loss": _loss(result, metrics),
    }  # fmt: skip


def _answers(result: AnswersResult, metrics: Measurements) -> Figure:
    x, y = (part[:DRAWN] for part in result.held_out)
    count = result.controls.components
    titles = (f"mixture of {count}" if count > 1 else "mixture of one", "one Gaussian")
    clouds = {name: torch.stack([x[:, 0], answers[:DRAWN]], -1) for name, answers in zip(titles, result.answers)}
    near = metrics["near_a_branch_percent"]
    return Figure(
        title="Answers y over inputs x",
        caption=(
            f"Grey: data. {{trace:{titles[0]}|Samples of the mixture}} and {{trace:{titles[1]}|of one Gaussian}}, one"
            " per input. In the middle each x has three right answers."
        ),
        text=(
            f"Of the mixture’s answers {near:.0f} % lie at a branch, of the Gaussian’s"
            f" {metrics['gaussian_near_a_branch_percent']:.0f} %."
            if near == near
            else "The loss became no number, and the network gives no answers."
        ),
        plot=sample_clouds(
            torch.stack([x[:, 0], y], -1).numpy(), {name: cloud.numpy() for name, cloud in clouds.items()},
            low=LOW, high=HIGH,
        ),
        height=330,
        sources=[Plotted(cloud[:, 1], trace=name) for name, cloud in clouds.items()],
    )  # fmt: skip


def _densities(result: AnswersResult, metrics: Measurements) -> Figure:
    lines = {
        "truth": result.log_truth.exp(), "one Gaussian": result.log_one.exp(), "mixture": result.log_p.exp(),
    }  # fmt: skip
    drawn = curves(
        result.y.numpy(), {name: line.numpy() for name, line in lines.items()}, x_title="y", room=12,
        colours={"truth": INK_3, "one Gaussian": SERIES[1], "mixture": ACCENT},
    )  # fmt: skip
    drawn.layout.annotations = ()
    parts = result.parts.exp()  # (CURVE, K)
    gap = torch.full((1, parts.shape[1]), torch.nan)
    drawn.add_scatter(
        x=torch.cat([result.y, gap[0, :1]]).repeat(parts.shape[1]).numpy(),
        y=torch.cat([parts, gap]).T.flatten().numpy(),
        name="components", mode="lines", line={"color": ACCENT, "width": 1}, opacity=0.5, hoverinfo="skip",
        meta={"gaps": True},
    )  # fmt: skip
    top = max([float(line.nan_to_num(0).max()) for line in lines.values()])
    drawn.update_yaxes(range=[0, min(1.1 * top, 12)])
    return Figure(
        title=f"Density of y at x = {result.controls.x:.2f}",
        caption="{trace:truth|The truth}, {trace:mixture|the mixture} with its thin components, {trace:one Gaussian|one"
        " Gaussian}.",
        text=(
            f"At x = {result.controls.x:.2f}, {metrics['weighty_components']:.0f} of {result.controls.components}"
            " components have a weight above"
            " 0.05."
        ),
        plot=drawn,
        height=320,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _loss(result: AnswersResult, metrics: Measurements) -> Figure:
    progress = result.progress
    losses = torch.tensor(progress.snapshots).T  # (2, snapshots)
    lines = {"mixture": losses[0], "one Gaussian": losses[1]}
    drawn = curves(
        progress.taken, {name: line.numpy() for name, line in lines.items()}, x_title="training step", markers=True,
        colours={"mixture": ACCENT, "one Gaussian": SERIES[1]}, room=12,
    )  # fmt: skip
    drawn.layout.annotations = ()
    drawn.add_shape(reference_line(y=result.truth))
    drawn.add_annotation(**note(progress.steps, result.truth, "the truth’s own", xanchor="right", yanchor="top"))
    drawn.update_yaxes(range=[result.truth - 0.4, 1.0])
    drawn.update_xaxes(range=[0, progress.steps])
    loss = metrics["loss_nats"]
    return Figure(
        title="Held-out loss, nats per point",
        caption="{trace:mixture|The mixture}, {trace:one Gaussian|one Gaussian} with a width of its own at each x.",
        text=(
            f"The loss of the mixture ends at {loss:.2f}, that of one Gaussian at"
            f" {metrics['gaussian_loss_nats']:.2f}; the true density has"
            f" {metrics['true_loss_nats']:.2f}."
            if loss == loss
            else f"Of the steps {metrics['finite_steps_percent']:.0f} % had a loss that is a number."
        ),
        plot=drawn,
        height=320,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )
