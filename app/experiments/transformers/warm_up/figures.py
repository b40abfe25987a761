"""Five arms' loss curves, every training's last loss, and the gradients of each layer before training."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.transformers.warm_up.run import WarmUpResult, last
from app.provenance.origin import Plotted
from visualizers.curve import apart, curves
from visualizers.distribution import bars
from visualizers.theme import ACCENT, INK_3, SERIES

NAMES = {
    ("behind the sum", "with warm-up"): "behind, warm-up",
    ("behind the sum", "without"): "behind, no warm-up",
    ("in front of each part", "with warm-up"): "in front, warm-up",
    ("in front of each part", "without"): "in front, no warm-up",
}
COLOURS = dict(zip([*NAMES.values(), "recurrent"], [ACCENT, SERIES[1], SERIES[2], SERIES[3], INK_3], strict=True))


def figures(result: WarmUpResult, metrics: Measurements) -> Figures:
    return {
        "curves": _curves(result, metrics),
        "last": _last(result, metrics),
        "gradients": _gradients(result, metrics),
    }


def _curves(result: WarmUpResult, metrics: Measurements) -> Figure:
    lines = {name: result.curves[arm].mean(dim=0).numpy() for arm, name in NAMES.items()}  # type: ignore[index]
    lines["recurrent"] = result.recurrent.mean(dim=0).numpy()
    high = max(float(line.max()) for line in lines.values())
    plot = curves(result.steps.numpy(), lines, x_title="training step", y_range=(-0.1, high + 0.1), room=134,
                  colours=COLOURS)  # fmt: skip
    plot.update_xaxes(range=(0, int(result.steps[-1])))
    return Figure(
        title=f"Loss in training, {result.controls.layers} layers in each stack, nats per word",
        caption=(
            "Norm behind the sum: {accent|the arrangement of 2017}, with warm-up, and {c2|the same without}. Each line"
            " is the mean of five trainings on the same sentences. Recurrent: a GRU with attention of about the size of"
            " 8 layers."
        ),
        text=(
            f"With the norm {result.controls.norm}, leaving warm-up out changes the last loss by"
            f" {metrics['gain_of_warm_up_nats']:+.2f} nats. The recurrent model ends at"
            f" {metrics['recurrent_last_loss_nats']:.2f} nats. On this machine, one pass over all"
            f" {metrics['passes_in_sequence']:.0f} words takes {metrics['at_once_ms']:.1f} ms; word after word takes"
            f" {metrics['word_after_word_ms']:.1f} ms; the outputs differ by at most"
            f" {metrics['largest_difference_of_the_forms']:.1g}."
        ),
        plot=apart(plot, 230),
        height=290,
    )


def _last(result: WarmUpResult, metrics: Measurements) -> Figure:
    ends = {name: last(result.curves[arm]) for arm, name in NAMES.items()}  # type: ignore[index]
    values = np.concatenate([end.numpy() for end in ends.values()])
    per = len(values) // len(ends)
    plot = bars(values, labels=[""] * len(values), write=False,
                colours=[COLOURS[name] for name in ends for _ in range(per)])  # fmt: skip
    plot.update_xaxes(tickvals=[per * n + (per - 1) / 2 for n in range(len(ends))],
                      ticktext=[name.replace(", ", ",<br>") for name in ends])  # fmt: skip
    return Figure(
        title="Last loss of each of the five trainings, nats per word",
        caption="One bar per training: the spread within a group is that between initial weights.",
        text=(
            f"With the setting chosen, the five end between {metrics['lowest_last_loss_nats']:.2f} and"
            f" {metrics['highest_last_loss_nats']:.2f} nats."
        ),
        plot=plot,
        height=290,
        half=True,
    )


def _gradients(result: WarmUpResult, metrics: Measurements) -> Figure:
    layers = np.arange(1, result.gradients["behind the sum"].shape[1] + 1)
    lines = {"behind": result.gradients["behind the sum"][1], "in front": result.gradients["in front of each part"][1]}
    high = 1.1 * max(float(line.max()) for line in lines.values())
    moved = "" if result.controls.encoder == "as in the decoder" else " The encoder has its norms in front."
    plot = curves(layers, {name: line.numpy() for name, line in lines.items()}, x_title="decoder layer",
                  y_range=(0, high), markers=True, room=60,
                  colours={"behind": ACCENT, "in front": SERIES[2]})  # fmt: skip
    plot.update_xaxes(range=(0.7, len(layers) + 0.3))
    return Figure(
        title="Gradient norm before the first step",
        caption=f"Of the second MLP matrix of each decoder layer. Computed now, from newly sampled weights.{moved}",
        text=(
            f"With the norm {result.controls.norm}, the gradient of the last layer is"
            f" {metrics['gradient_ratio']:.1f} times that of the first."
        ),
        plot=apart(plot, 220),
        height=290,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )
