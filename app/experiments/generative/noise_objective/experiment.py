"""Serves diffusion-training-objective alone: a loss by step, beside the exact floor of a known mixture."""

from app.experiments.base import Experiment
from app.experiments.generative.noise_objective.figures import figures
from app.experiments.generative.noise_objective.run import NoiseObjectiveControls, measure, run

EXPERIMENT = Experiment(
    NoiseObjectiveControls,
    run,
    measure,
    figures,
    labels={
        "highest_excess": "highest loss above the floor, ends left out",
        "step_of_highest_excess": "step t of the highest loss above the floor",
        "excess_at_the_cleanest": "loss above the floor at t = 1",
        "excess_at_the_noisiest": "loss above the floor at t = 100",
        "peak_over_ends": "highest loss above the floor, over that at the ends",
        "mean_excess": "loss above the floor, mean of the tested steps",
        "mean_floor": "floor, mean of the tested steps",
        "floor_at_the_cleanest": "floor at t = 1",
        "floor_at_the_noisiest": "floor at t = 100",
        "loss_at_the_dots": "loss at the step of the dots",
        "floor_at_the_dots": "floor at the step of the dots",
        "modes": "modes of the data",
    },
)
