"""Serves restricted-boltzmann-machine alone: digits show what it learns; contrastive-divergence needs a smaller one."""

from app.experiments.base import Experiment
from app.experiments.energy.digit_rbm.figures import figures
from app.experiments.energy.digit_rbm.run import DigitRBMControls, measure, run

EXPERIMENT = Experiment(
    DigitRBMControls,
    run,
    measure,
    figures,
    labels={
        "digit_below_shuffled_percent": "pairs in which the digit lies below the shuffled one, %",
        "log_likelihood_nats": "exact log-likelihood, nats per held-out digit",
        "independent_pixels_nats": "log-likelihood of independent pixels, nats per digit",
        "gain_over_independent_pixels_nats": "gain over independent pixels, nats per digit",
        "hidden_units_on_percent": "hidden units that are on for a held-out digit, %",
        "wrong_pixels_filled_in_percent": "pixels of the lower half filled in wrongly, %",
        "free_energy_gap": "free energy of shuffled digits minus that of digits, mean",
        "both_on_over_product": "chance of units 1 and 2 being both on, over that of independent units",
        "distance_of_list_to_product": "largest total variation distance of p(h | v) to a product",
    },
)
