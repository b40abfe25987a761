"""Serves classifier-free-guidance alone: diffusion-model draws at one guidance, here scales are compared."""

from app.experiments.base import Experiment
from app.experiments.generative.guidance.figures import figures
from app.experiments.generative.guidance.run import GuidanceControls, measure, run

EXPERIMENT = Experiment(
    GuidanceControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy_at_1": "taken for the digit asked for at guidance 1, share",
        "accuracy_at_4": "taken for the digit asked for at guidance 4, share",
        "accuracy_gain": "accuracy at guidance 4 minus that at 1",
        "variety_at_1": "variety at guidance 1, where 1 is that of real digits",
        "variety_at_4": "variety at guidance 4, where 1 is that of real digits",
        "variety_4_over_1": "variety at guidance 4 over that at 1",
        "digit_keeping_most": "digit that keeps most of its variety",
        "line_gap": "on the line: largest difference of the distribution functions",
        "line_shift": "on the line: mean of the samples minus that of the tilted density",
        "guidance": "guidance on the line",
        "end_spread_at_1": "paths, guidance 1: distance of the ends from their mean, in the plane",
        "end_spread_at_4": "paths, guidance 4: distance of the ends from their mean, in the plane",
        "half_apart_at_t": "noise level at which samples at 1 and 4 are half as far apart as at the end",
    },
)
