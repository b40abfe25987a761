"""Serves variational-autoencoder alone: the page on the bound has a decoder of which everything is known exactly."""

from app.experiments.base import Experiment
from app.experiments.generative.latent_map.figures import figures
from app.experiments.generative.latent_map.run import LatentMapControls, measure, run

EXPERIMENT = Experiment(
    LatentMapControls,
    run,
    measure,
    figures,
    labels={
        "log_likelihood_nats": "log-likelihood, nats per held-out digit",
        "bound_nats": "bound, nats per held-out digit",
        "gap_nats": "log-likelihood minus bound, nats",
        "fitted_gain_nats": "gain in log-likelihood by a Gaussian fitted to the codes, nats",
        "kl_nats": "KL of all latents, nats per held-out digit",
        "reconstruction_nats": "reconstruction term, nats per held-out digit",
        "active_latents": "active latents: KL over 0.1 nats",
        "fitted_log_likelihood_nats": "log-likelihood with the fitted Gaussian as prior, nats",
        "readable_percent": "samples of the prior that the judge is sure of, %",
        "classes_of_samples": "effective number of classes among them",
        "fitted_readable_percent": "samples of the fitted Gaussian that the judge is sure of, %",
        "held_out_error": "squared error per pixel, held-out digits",
    },
)
