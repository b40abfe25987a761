"""Serves convolution-2d alone: no other entry learns a filter that is known."""

from app.experiments.base import Experiment
from app.experiments.vision.convolution.figures import figures
from app.experiments.vision.convolution.run import ConvolutionControls, measure, run

EXPERIMENT = Experiment(
    ConvolutionControls,
    run,
    measure,
    figures,
    labels={
        "largest_kernel_error": "largest error of the nine learned numbers",
        "largest_error_to_rotated_filter": "largest difference of the learned kernel to the filter rotated by 180°",
        "unexplained_share": "variance of held-out targets that stays unexplained, share",
        "largest_kernel_error_at_start": "largest error of the nine numbers before training",
        "largest_output": "largest number of the feature map, without its sign",
    },
)
