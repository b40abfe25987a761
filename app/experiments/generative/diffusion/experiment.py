"""Serves diffusion-model alone: later pages of the chapter take its networks, not its run."""

from app.experiments.base import Experiment
from app.experiments.generative.diffusion.figures import figures
from app.experiments.generative.diffusion.run import DiffusionControls, measure, run

EXPERIMENT = Experiment(
    DiffusionControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "on_target_percent": "samples that are what was asked for, %",
        "variety_ratio": "variety of samples of one class, over that of real ones",
        "distance_to_data_percent": "energy distance of samples and held-out data, over twice their mean distance, %",
        "nearest_learned_ratio": "distance to the nearest training sample, over that of held-out data",
        "recognised_from_percent": "steps after which nine of ten are recognised, %",
        "readable_percent": "samples that the judge is sure of, %",
        "denoiser_calls": "calls of the network",
    },
)
