"""Serves mixture-density-network alone: it predicts a distribution for an input; the other pages have no input."""

from app.experiments.base import Experiment
from app.experiments.generative.several_answers.figures import figures
from app.experiments.generative.several_answers.run import AnswersControls, measure, run

EXPERIMENT = Experiment(
    AnswersControls,
    run,
    measure,
    figures,
    labels={
        "near_a_branch_percent": "answers of the mixture at a branch, %",
        "gaussian_near_a_branch_percent": "answers of one Gaussian at a branch, %",
        "gaussian_mean_near_a_branch_percent": "means of one Gaussian at a branch, %",
        "loss_nats": "held-out loss of the mixture, nats per point",
        "gaussian_loss_nats": "held-out loss of one Gaussian, nats per point",
        "true_loss_nats": "loss of the true density, nats per point",
        "excess_nats": "loss of the mixture above that of the truth, nats per point",
        "gain_nats": "loss of one Gaussian minus that of the mixture, nats per point",
        "finite_steps_percent": "steps whose loss was a number, %",
        "weighty_components": "components with a weight above 0.05 at x",
    },
)
