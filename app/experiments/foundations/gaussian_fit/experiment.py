"""Serves kl-divergence alone: it fits a Gaussian by both orders of the arguments; digit_loss trains networks."""

from app.experiments.base import Experiment
from app.experiments.foundations.gaussian_fit.figures import figures
from app.experiments.foundations.gaussian_fit.run import GaussianFitControls, measure, run

EXPERIMENT = Experiment(
    GaussianFitControls,
    run,
    measure,
    figures,
    labels={
        "fitted_deviation": "fitted standard deviation, median of 20 starts",
        "fitted_deviation_over_target": "fitted standard deviation, median of 20 starts, over the target’s",
        "distance_of_peaks_in_widths": "distance of the peaks, in standard deviations of one",
        "target_deviation": "standard deviation of the target",
        "forward_deviation": "standard deviation fitted by KL(target‖fit)",
        "reverse_deviation": "standard deviation fitted by KL(fit‖target)",
        "reverse_over_forward_deviation": "fitted standard deviation, KL(fit‖target) over KL(target‖fit)",
        "starts_at_one_peak_share": "fits that cover one peak only, share of the starts",
        "reverse_starts_at_the_right_peak_share": "fits by KL(fit‖target) right of the middle, share of the starts",
        "kl_p_q_nats": "KL(p‖q), nats",
        "kl_q_p_nats": "KL(q‖p), nats",
        "estimate_nats": "KL estimated from samples, nats",
        "closed_form_nats": "KL in closed form, nats",
        "estimate_error_share": "error of the estimate, share",
    },
)
