"""Serves dynamic-routing alone: its votes are planted, which no other page needs."""

from app.experiments.base import Experiment
from app.experiments.vision.agreement.figures import figures
from app.experiments.vision.agreement.run import AgreementControls, measure, run

EXPERIMENT = Experiment(
    AgreementControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "pose_error_degrees": "angle to the planted pose, degrees",
        "average_error_degrees": "angle of the plain average to the planted pose, degrees",
        "pose_error_over_average": "angle after routing, over that of the plain average",
        "sets_improved_share": "sets in which routing comes closer than the plain average, share",
        "coupling_of_agreeing": "coupling of agreeing capsules to the first one above",
        "coupling_of_others": "coupling of the others to it",
        "entropy_share": "entropy of the couplings of the planted votes, share of uniform",
        "trained_entropy_share": "entropy of the couplings in the trained network, share of uniform",
        "trained_accuracy": "trained network: held-out digits named, share",
        "trained_accuracy_change": "trained network: change of accuracy from three iterations",
        "accuracy_with_one": "network trained with one iteration: held-out digits named, share",
        "accuracy_lead_of_three": "lead in accuracy over the network trained with one iteration",
        "iterations": "iterations",
        "agreeing": "votes that agree, of 32",
    },
)
