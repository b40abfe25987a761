"""Losses by the ratio of hidden size to width, and the MLP's share of a block in published models."""

import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.hidden_ratio.run import ARMS, SHOWN, RatioResult
from app.provenance.origin import Plotted
from models.training.reader_ratios import RATIOS
from visualizers.curve import curves, mark_x
from visualizers.horizontal_bars import horizontal_bars


def figures(result: RatioResult, metrics: Measurements) -> Figures:
    return {"losses": _losses(result, metrics), "trainings": _trainings(result, metrics), "shares": _shares(result)}


def _losses(result: RatioResult, metrics: Measurements) -> Figure:
    means = result.losses.mean(dim=1)  # (5, 2)
    lines = {"stored in weights": means[:, 1], "stated in the text": means[:, 0]}
    plot = curves(
        result.ratios.numpy(), {name: line.numpy() for name, line in lines.items()}, x_log=True, markers=True, room=124,
        x_title="hidden size over width",
    )  # fmt: skip
    plot.update_xaxes(
        tickvals=result.ratios.tolist(), ticktext=list(ARMS), tickangle=0, range=[-0.75, 1.65],
    )  # fmt: skip
    shape = RATIOS[ARMS[result.controls.ratio]]
    return Figure(
        title="Held-out loss of five shapes, about equally many weights",
        caption=(
            "Each model answers from {trace:stated in the text|pairs that stand before the question} and from"
            " {trace:stored in weights|a table that training stored}. Nats per question, mean of five trainings."
        ),
        text=(
            f"At a ratio of {result.controls.ratio}, width {shape.width} and {shape.hidden} hidden neurons, the loss is"
            f" {metrics['stated_loss_nats']:.2g} on stated and {metrics['stored_loss_nats']:.2g} on stored answers."
        ),
        plot=mark_x(plot, float(result.ratios[result.at]), "shown"),
        height=300,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _trainings(result: RatioResult, metrics: Measurements) -> Figure:
    each = result.losses.mean(dim=2)[result.at]  # (5,)
    return Figure(
        title=f"Its five trainings, ratio {result.controls.ratio}",
        caption="Mean loss over both kinds of question. {accent|The training that the seed picks}.",
        text=(
            f"The five trainings differ by a standard deviation of {metrics['spread_of_trainings_nats']:.2g}; their"
            f" mean is {metrics['loss_above_lowest_nats']:.2g} nats above that of the best ratio."
        ),
        plot=horizontal_bars(
            each.numpy(), labels=[f"training {n}" for n in range(len(each))], picked=f"training {result.training}",
            as_="{:.2f}", left=84,
        ),
        height=250,
        half=True,
        sources=[Plotted(each, trace="values")],
    )  # fmt: skip


def _shares(result: RatioResult) -> Figure:
    shares = torch.tensor([result.shares[name][1] for name in SHOWN])
    return Figure(
        title="The MLP’s share of a block’s weights",
        caption="Behind each name: hidden size over width. Published models, counted, norms left out.",
        text=(
            f"With key/value heads {result.controls.keys}, the MLP holds {result.share:.1%} of a block in"
            f" {result.controls.model}."
        ),
        plot=horizontal_bars(
            shares.numpy(), labels=[f"{name}, {result.shares[name][0]:.2f}" for name in SHOWN], as_="{:.1%}", left=150,
            picked=f"{result.controls.model}, {result.shares.get(result.controls.model, (0.0, 0.0))[0]:.2f}",
        ).update_xaxes(range=[0, 1.1], tickformat=".0%", tickvals=[0, 0.5, 1]),
        height=250,
        half=True,
        sources=[Plotted(shares, trace="values")],
    )  # fmt: skip
