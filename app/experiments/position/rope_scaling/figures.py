"""How much each pair is slowed, the loss by position, and what further training or a factor of the scores changes."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.position.context_extension import COMPARED, beyond, inside
from app.experiments.position.pair_lines import called, colours, loss_by_position, slowed_pairs
from app.experiments.position.rope_scaling.run import ScalingResult, drawn_shape
from models.language.loss_by_length import TRAINED
from models.position.scaled_rope import score_factor
from visualizers.curve import apart, curves, mark_x
from visualizers.theme import ACCENT, SERIES
from visualizers.tradeoff import tradeoff


def figures(result: ScalingResult, metrics: Measurements) -> Figures:
    third = {"scores": _scores} if result.by_factor else {"trade": _trade}
    drawn = {"pairs": _pairs, "length": _length, **third}
    return {key: draw(result, metrics) for key, draw in drawn.items()}


def _read(result: ScalingResult) -> str:
    """How the chosen method was read."""
    c, steps = result.controls, result.steps[-1]
    scores = f", scores {c.scores}" if c.method == "YaRN" and c.scores != "of the paper" else ""
    trained = f"after {steps} steps of further training" if steps else "without further training"
    return f"{called(c.method)}, {trained}{scores}"


def _pairs(result: ScalingResult, metrics: Measurements) -> Figure:
    c, parts = result.controls, ""
    if c.method in ("NTK-by-parts", "YaRN"):
        parts = (
            f" By these bounds it keeps {metrics['kept_pairs']:.0f} of 8 pairs, blends"
            f" {metrics['blended_pairs']:.0f} and fully interpolates {metrics['interpolated_pairs']:.0f}."
        )
    also = ["base · s²"] if c.method == "NTK-aware" else []
    return slowed_pairs(
        list(dict.fromkeys((*COMPARED, *also, c.method))),
        c.method,
        c.stretch,
        drawn_shape(c),
        text=(
            f"In the trained decoder {called(c.method)} divides the speed of the fastest pair"
            f" by {metrics['fastest_pair_slowed_times']:.3g} and that of the slowest by"
            f" {metrics['slowest_pair_slowed_times']:.3g}. {metrics['new_angles_in_slow_pairs']:.0f} of its slow"
            f" pairs meet new angles.{parts}"
        ),
    )


def _length(result: ScalingResult, metrics: Measurements) -> Figure:
    c = result.controls
    now = result.tuned.get(c.method, [result.start])[-1]
    return loss_by_position(
        result.untuned,
        colours(c.method),
        now,
        c.stretch,
        caption=f"Lines: trained on 64 tokens only. {{accent|Dots}}: {_read(result)}.",
        text=(
            f"Past token 64 the loss of {_read(result)}, is"
            f" {metrics['loss_past_the_trained_length_nats']:.2f} nats per token; that of plain RoPE is"
            f" {beyond(result.untuned['none']):.2f}."
        ),
    )


def _trade(result: ScalingResult, metrics: Measurements) -> Figure:
    c, steps = result.controls, result.steps[-1]
    paths = {
        called(method): ([inside(one) for one in losses], [beyond(one) for one in losses])
        for method, loss in result.untuned.items()
        for losses in [result.tuned.get(method, [loss])]
    }
    moved = f"Hollow to filled: {steps} steps of further training." if steps else "Set steps for further training."
    return Figure(
        title="Loss past token 64 against loss before it, nats per token",
        caption=f"A lower point is a gain, one further right a cost. {moved}",
        text=(
            f"With {called(c.method)} the loss moves by {metrics['cost_within_the_trained_length_nats']:+.2f} nats per"
            f" token within {TRAINED} tokens and by {-metrics['gain_past_the_trained_length_nats']:+.2f} past them."
        ),
        plot=tradeoff(paths, x_title="loss within 64 tokens", colours=colours(c.method)),
        height=236,
        half=True,
    )


def _scores(result: ScalingResult, metrics: Measurements) -> Figure:
    factors = np.array(list(result.by_factor))
    lines = {
        "past 64": np.array([beyond(loss) for loss in result.by_factor.values()]),
        "within 64": np.array([inside(loss) for loss in result.by_factor.values()]),
    }
    drawn = curves(
        factors,
        lines,
        x_title="factor of the scores",
        colours={"past 64": ACCENT, "within 64": SERIES[1]},
        markers=True,
        room=70,
    )
    drawn.update_yaxes(range=[0, 1.15 * max(float(y.max()) for y in lines.values())])
    apart(drawn, 186)
    paper = score_factor(result.controls.stretch) ** 2
    return Figure(
        title="Loss against the factor of the scores, nats per token",
        caption="YaRN's frequencies at each factor: {accent|past 64 tokens}, {c2|within}. Dotted: the paper's factor.",
        text=(
            f"Multiplying the scores by {result.controls.factor:.3g} changes the loss past 64 tokens by"
            f" {metrics['effect_of_the_score_factor_nats']:+.3f} nats per token. Of the factors tried,"
            f" {metrics['best_score_factor']:.3g} is best here."
        ),
        plot=mark_x(drawn, paper, "paper"),
        height=236,
        half=True,
    )
