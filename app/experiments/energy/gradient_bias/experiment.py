"""Serves contrastive-divergence alone: its machine is so small that the exact gradient is a sum over all states."""

from app.experiments.base import Experiment
from app.experiments.energy.gradient_bias.figures import figures
from app.experiments.energy.gradient_bias.run import KS, GradientBiasControls, measure, run

EXPERIMENT = Experiment(
    GradientBiasControls,
    run,
    measure,
    figures,
    labels={
        **{f"bias_at_{k}": f"relative bias at k = {k}" for k in KS},
        "bias_of_30_over_1": "bias at k = 30 over that at k = 1",
        "bias_at_k": "relative bias at the chosen k",
        "cosine_to_exact": "cosine of the mean gradient to the exact one",
        "steps_to_a_tenth": "smallest k with a bias below a tenth (31: none up to 30)",
        "log_likelihood_nats": "log-likelihood after training by CD, nats per image",
        "lowest_log_likelihood_nats": "the same, of the worst of six trainings",
        "log_likelihood_of_exact_nats": "log-likelihood after training by the exact gradient, nats per image",
    },
)
