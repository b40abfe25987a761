"""Serves diffusion-reverse-process alone: single steps back and their chains, beside the true step of a mixture."""

from app.experiments.base import Experiment
from app.experiments.generative.reverse_step.figures import figures
from app.experiments.generative.reverse_step.run import ReverseStepControls, measure, run

EXPERIMENT = Experiment(
    ReverseStepControls,
    run,
    measure,
    figures,
    labels={
        "distance_to_gaussian": "total variation distance of this step to a Gaussian",
        "distance_of_one_step": "the same for one step",
        "distance_of_the_whole_way": "the same for the whole way in one step",
        "error_share_undecided_percent": "error where the mode is undecided, % of its sum with the error elsewhere",
        "error_undecided_over_decided": "error where the mode is undecided, over that elsewhere",
        "error_where_decided": "squared error where the mode is decided",
        "spread_over_true": "spread of the samples across, over that of the data",
        "spread_with_smaller": "the same with the smaller variance β̃",
        "spread_with_larger": "the same with the larger variance β",
        "spread_without_noise": "the same with the new noise left out",
    },
)
