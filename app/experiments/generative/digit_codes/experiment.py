"""Serves autoencoder alone: the denoising autoencoder is shown where the exact score is known, in the plane."""

from app.experiments.base import Experiment
from app.experiments.generative.digit_codes.figures import figures
from app.experiments.generative.digit_codes.run import DigitCodesControls, measure, run

EXPERIMENT = Experiment(
    DigitCodesControls,
    run,
    measure,
    figures,
    labels={
        "held_out_error": "squared error per pixel, held-out digits",
        "principal_error": "the same by PCA with as many numbers",
        "error_below_principal_percent": "error below that of PCA, %",
        "changed_percent": "reconstructions taken for another digit, %",
        "principal_changed_percent": "the same by PCA, %",
        "outside_principal_percent": "variance of the reconstructions outside PCA’s subspace, %",
        "your_error": "squared error per pixel of your digit",
    },
)
