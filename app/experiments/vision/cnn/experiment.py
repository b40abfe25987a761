"""Serves cnn alone: the whole network, beside a perceptron of equal size; pooling compares heads."""

from app.experiments.base import Experiment
from app.experiments.vision.cnn.figures import figures
from app.experiments.vision.cnn.run import CnnControls, measure, run

EXPERIMENT = Experiment(
    CnnControls,
    run,
    measure,
    figures,
    labels={
        "accuracy": "accuracy on held-out digits",
        "accuracy_moved_by_1": "accuracy on digits moved by one pixel",
        "accuracy_moved_by_2": "accuracy on digits moved by two pixels",
        "mlp_accuracy": "accuracy of the MLP",
        "mlp_accuracy_moved_by_1": "accuracy of the MLP on digits moved by one pixel",
        "mlp_accuracy_moved_by_2": "accuracy of the MLP on digits moved by two pixels",
        "lead_moved_by_1": "accuracy of the CNN minus that of the MLP, digits moved by one pixel",
        "probability_of_the_answer": "probability of the most probable class",
        "answer": "most probable class",
        "pixels_that_the_unit_reads": "pixels with a gradient to the unit",
        "cnn_parameters": "weights of the CNN",
        "mlp_parameters": "weights of the MLP",
    },
)
