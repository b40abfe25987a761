"""Serves transposed-convolution alone: it enlarges; the other convolutions keep or shrink a map."""

from app.experiments.base import Experiment
from app.experiments.vision.transposed.figures import figures
from app.experiments.vision.transposed.run import TransposedControls, measure, run

EXPERIMENT = Experiment(
    TransposedControls,
    run,
    measure,
    figures,
    labels={
        "unevenness_at_start": "random kernels: 1 − weakest over strongest place of the stride’s period",
        "unevenness_after_training": "trained kernel: 1 − weakest over strongest place of the stride’s period",
        "error_after_training": "error of enlarged held-out images, root mean square",
        "adjoint_gap": "relative difference of ⟨Ax, y⟩ and ⟨x, Aᵀy⟩",
        "output_side": "side of the output, pixels",
        "most_stamps": "most stamps on one pixel",
        "fewest_stamps_inside": "fewest stamps on one pixel inside",
    },
)
