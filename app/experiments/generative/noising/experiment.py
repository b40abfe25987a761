"""Serves diffusion-forward-process alone: nothing is learned here, while diffusion-model runs trained networks."""

from app.experiments.base import Experiment
from app.experiments.generative.noising.figures import figures
from app.experiments.generative.noising.run import NoisingControls, measure, run

EXPERIMENT = Experiment(
    NoisingControls,
    run,
    measure,
    figures,
    badge="simulation",
    labels={
        "largest_cumulative_gap": "largest difference of the cumulative counts",
        "stepped_mean": "mean after single steps",
        "formula_mean": "mean by the formula",
        "stepped_variance": "variance after single steps",
        "formula_variance": "variance by the formula",
        "signal_to_noise_at_t": "signal to noise at your t",
        "signal_to_noise_half_way": "signal to noise half way",
        "half_gone_percent": "steps after which half of the variance is gone, %",
        "signal_left_share": "size of the signal left after the last step, share",
    },
)
