"""How much each pair is slowed, the loss by position, and the loss against the factor of the scores, drawn."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.position.context_extension import beyond, inside
from app.experiments.position.pair_lines import called, loss_by_position, slowed_pairs
from app.experiments.position.yarn.run import SHOWN, YarnResult
from models.position.scaled_rope import score_factor
from visualizers.curve import apart, curves, mark_x
from visualizers.theme import ACCENT, SERIES


def figures(result: YarnResult, metrics: Measurements) -> Figures:
    return {"pairs": _pairs(result, metrics), "length": _length(result, metrics), "scores": _scores(result, metrics)}


def _pairs(result: YarnResult, metrics: Measurements) -> Figure:
    c = result.controls
    drawn = [method for method in SHOWN if method != "NTK-by-parts" or c.method == method]
    return slowed_pairs(
        drawn,
        c.method,
        c.stretch,
        result.of,
        text=(
            f"With these bounds YaRN keeps {metrics['kept_pairs']:.0f} of 8 pairs, blends"
            f" {metrics['blended_pairs']:.0f} and fully interpolates {metrics['interpolated_pairs']:.0f}."
        ),
    )


def _length(result: YarnResult, metrics: Measurements) -> Figure:
    c = result.controls
    lines = {method: loss for method, loss in result.losses.items() if method != "NTK-by-parts"}
    return loss_by_position(
        lines,
        c.method,
        result.now,
        c.stretch,
        caption=f"Trained on 64 tokens, no further training. {{accent|Dots}}: {called(c.method)}, scores {c.scores}.",
        text=(
            f"With {called(c.method)} the loss is {metrics['loss_within_the_trained_length_nats']:.2f} nats per token"
            f" within 64 tokens and {metrics['loss_past_the_trained_length_nats']:.2f} past them."
        ),
    )


def _scores(result: YarnResult, metrics: Measurements) -> Figure:
    factors = np.array(list(result.swept))
    lines = {
        "past 64": np.array([beyond(loss) for loss in result.swept.values()]),
        "within 64": np.array([inside(loss) for loss in result.swept.values()]),
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
            f"Multiplying the scores by {result.factor:.3g} changes the loss past 64 tokens by"
            f" {metrics['effect_of_the_score_factor_nats']:+.3f} nats per token. Of the factors tried,"
            f" {metrics['best_score_factor']:.3g} is best here."
        ),
        plot=mark_x(drawn, paper, "paper"),
        height=236,
        half=True,
    )
