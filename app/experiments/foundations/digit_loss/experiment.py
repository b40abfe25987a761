"""Serves cross-entropy alone: it trains a classifier with it; gaussian_fit compares both orders of a divergence."""

from app.experiments.base import Experiment
from app.experiments.foundations.digit_loss.figures import figures
from app.experiments.foundations.digit_loss.run import DigitLossControls, measure, run

EXPERIMENT = Experiment(
    DigitLossControls,
    run,
    measure,
    figures,
    labels={
        "training_loss": "training loss, true labels",
        "held_out_accuracy_share": "held-out accuracy, true labels, share",
        "noisy_training_loss": "training loss, partly random labels",
        "noisy_held_out_accuracy_share": "held-out accuracy, partly random labels, share",
        "noisy_confidence": "mean probability of the answer, partly random labels",
        "noisy_agreement_share": "labels that agree with the answer, partly random labels, share",
        "confidence_gap": "difference of these two",
        "noisy_held_out_loss_nats": "held-out cross-entropy, partly random labels, nats",
        "label_entropy_nats": "entropy of a partly random label, nats",
        "softmax_twice_floor_nats": "lowest cross-entropy after two softmaxes, nats",
        "entropy_nats": "H(p), nats",
        "kl_nats": "KL(p‖q), nats",
        "cross_entropy_nats": "H(p, q), nats",
        "gradient_error": "largest difference of autograd and formula",
    },
)
