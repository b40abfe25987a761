"""Serves hippo alone: what it compares is a matrix before any training, and nothing is classified."""

from app.experiments.base import Experiment
from app.experiments.statespace.compressed_past.figures import figures
from app.experiments.statespace.compressed_past.run import PastControls, measure, run

EXPERIMENT = Experiment(
    PastControls,
    run,
    measure,
    figures,
    labels={
        "as_stated": "16 numbers and at most 4 cycles per window (1 is yes)",
        "cycles_per_window": "highest frequency of the signal, cycles per window",
        "error": "error of the chosen matrix, share of the signal",
        "speed": "speed at which it fits best",
        "window_error": "error of window HiPPO, share of the signal",
        "scaled_error": "error of scaled HiPPO, share of the signal",
        "fourier_error": "error of Fourier, share of the signal",
        "rotation_error": "error of the random rotation, share of the signal",
        "random_error": "error of the random stable matrix, share of the signal",
        "other_basis_error": "error of HiPPO in another basis, share of the signal",
        "own_decoder_error": "error of window HiPPO read with Legendre polynomials, share of the signal",
        "own_over_fitted": "error of Legendre polynomials over that of the fitted decoder",
    },
)
