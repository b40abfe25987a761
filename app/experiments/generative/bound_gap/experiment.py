"""Serves elbo alone: no other entry has a decoder whose likelihood and posterior are known exactly."""

from app.experiments.base import Experiment
from app.experiments.generative.bound_gap.figures import figures
from app.experiments.generative.bound_gap.run import BoundGapControls, measure, run

EXPERIMENT = Experiment(
    BoundGapControls,
    run,
    measure,
    figures,
    labels={
        "optimised_gap_nats": "gap after optimising per digit, nats",
        "encoder_gap_nats": "gap of the shared encoder, nats",
        "importance_gap_nats": "gap of the importance-sampled likelihood, nats",
        "log_likelihood_nats": "exact log-likelihood, nats per held-out digit",
        "bound_nats": "bound by the encoder, nats per held-out digit",
        "family_gap_nats": "gap of the best diagonal posterior by the formula, nats",
        "likelihood_change_nats": "change of the log-likelihood by the rotation, nats",
        "kl_nats": "KL of the encoder’s posterior from the prior by the formula, nats per digit",
        "sampled_kl_nats": "the same KL, estimated from samples of the posterior",
        "sampled_kl_error_nats": "standard error of that estimate, nats",
        "halving_samples": "importance samples that halve the encoder’s gap",
    },
)
