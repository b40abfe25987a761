"""Dot, bilinear and additive scores, the last two trained live to match queries with keys.

Serves attention-score alone: no other page trains a score by itself.
"""

from app.experiments.attention.score_kinds.figures import figures
from app.experiments.attention.score_kinds.run import HIDDEN, WIDTH, ScoreKindControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    ScoreKindControls,
    run,
    measure,
    figures,
    badge="live",
    parameters=lambda result: WIDTH**2 + 2 * WIDTH * HIDDEN + 2 * HIDDEN,
    labels={
        "dot_found_percent": "held-out partners found by the dot product, %",
        "bilinear_found_percent": "held-out partners found by the bilinear score, %",
        "additive_found_percent": "held-out partners found by the additive score, %",
        "chance_percent": "partners found by guessing, %",
        "steps_trained": "training steps",
        "additive_over_its_bound": "largest additive score over the sum of |u|",
        "bilinear_growth": "growth of the largest bilinear score, queries 16 times as long",
        "additive_growth": "growth of the largest additive score, queries 16 times as long",
    },
)
