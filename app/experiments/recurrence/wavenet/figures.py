"""The tree of the stack, where the gradient comes from, and the continuation, to be seen and heard."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements, Sound
from app.experiments.recurrence.wavenet.run import FARTHEST, GENERATED, PatternResult
from models.data.waveforms import PATTERN_LEVELS, PERIOD, RATE
from visualizers.curve import curves, mark_x
from visualizers.dilation_tree import tree
from visualizers.theme import ACCENT, INK_3

VOLUME = 0.4
PLAYED, PAUSE = RATE // 2, RATE // 8
"""Samples of the pattern and of what was generated, and of the silence between them."""


def figures(result: PatternResult, metrics: Measurements) -> Figures:
    return {
        "tree": _tree(result, metrics),
        "influence": _influence(result, metrics),
        "continuation": _continuation(result, metrics),
    }


def _tree(result: PatternResult, metrics: Measurements) -> Figure:
    period, reach = result.controls.period, metrics["receptive_field_samples"]
    reached = period <= reach
    seen = (
        f"By its gradient the prediction depends on the last {metrics['reach_samples']:.0f} samples"
        if metrics["reach_samples"]
        else "No sample has any gradient: this stack learned to ignore its input"
    )
    return Figure(
        title=f"The predicted sample reads a tree of {reach:.0f} samples",
        caption=(
            "Each layer reads two samples of the layer below. The dotted line stands one period before the predicted"
            " sample. " + ("{accent|This path} leads there." if reached else "No path leads there.")
        ),
        text=(
            f"{seen}; the formula gives a reach of {reach:.0f}. One period is {period} samples,"
            f" {'within' if reached else 'beyond'} reach."
        ),
        plot=mark_x(tree(result.dilations, reach=FARTHEST, path=period), -period, "one period back"),
        height=300,
    )


def _influence(result: PatternResult, metrics: Measurements) -> Figure:
    c = result.controls
    shares = 100 * result.influence.numpy()
    plot = curves(
        -np.arange(1, FARTHEST + 1), {"gradient": shares}, x_title="samples before the one predicted",
        y_range=(0, 1.25 * max(1.0, float(shares.max()))), colours={"gradient": ACCENT}, room=16,
    )  # fmt: skip
    plot.layout.annotations = ()
    plot.update_xaxes(range=(-FARTHEST, 3))
    return Figure(
        title="Gradient by distance, %",
        caption=f"Mean over held-out patterns. The sample to be predicted occurred {c.period} samples before.",
        text=(
            f"{metrics['influence_one_period_back_share']:.0%} of the gradient comes from the sample one period back"
            + (f", {metrics['influence_40_back_share']:.0%} from the one {PERIOD} back." if c.period != PERIOD else ".")
        ),
        plot=mark_x(plot, -c.period, "one period back"),
        height=290,
        half=True,
    )


def _continuation(result: PatternResult, metrics: Measurements) -> Figure:
    given, codes, period = result.given, result.truth.numpy(), result.controls.period
    window = slice(given - 20, given + 40)
    line = np.full(len(codes), np.nan)
    line[given:] = result.generated.numpy()
    plot = curves(
        np.arange(window.start, window.stop) - given, {"pattern": codes[window], "generated": line[window]},
        x_title="samples after the last one given", y_range=(-1, PATTERN_LEVELS + 1.0), room=16,
        colours={"pattern": INK_3, "generated": ACCENT},
    )  # fmt: skip
    plot.layout.annotations = ()
    plot.data[0].line.width = 6
    plot.data[0].opacity = 0.4
    for trace in plot.data:
        trace.line.shape, trace.line.dash = "hv", "solid"
    pattern, made = np.resize(codes[:period], PLAYED), np.resize(result.generated.numpy(), PLAYED)
    wave = np.concatenate([_wave(pattern), np.zeros(PAUSE), _wave(made)])
    return Figure(
        title="A pattern and its continuation",
        caption=(
            "{ink-3|The pattern} and {accent|what the model generates}, reading its own samples. Played: the"
            f" pattern, then the {GENERATED} generated samples, each repeated for half a second."
        ),
        text=(
            f"{metrics['generated_right_share']:.0%} of the samples generated for eight patterns continue the pattern;"
            f" by chance {1 / PATTERN_LEVELS:.0%} would. The loss is {metrics['loss_nats']:.3f} nats per sample, by"
            f" chance {metrics['chance_loss_nats']:.2f}."
        ),
        plot=mark_x(plot, 0, "generated from here"),
        height=290,
        half=True,
        sound=Sound(wave, RATE),
    )


def _wave(codes: np.ndarray) -> np.ndarray:
    return VOLUME * (2 * codes / (PATTERN_LEVELS - 1) - 1)
