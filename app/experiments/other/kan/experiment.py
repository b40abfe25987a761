"""Serves kan alone: it compares networks on one formula; the theorem's page asks how many sums a function takes."""

from app.experiments.base import Experiment
from app.experiments.other.kan.figures import figures
from app.experiments.other.kan.run import KANControls, measure, run

EXPERIMENT = Experiment(
    KANControls,
    run,
    measure,
    figures,
    labels={
        "error": "KAN, error on held-out points, standard deviations of the formula",
        "training_error": "KAN, error on training points, standard deviations of the formula",
        "perceptron_error": "better perceptron, error on held-out points, standard deviations of the formula",
        "one_hidden_layer_error": "perceptron with one hidden layer, error, standard deviations of the formula",
        "two_hidden_layers_error": "perceptron with two hidden layers, error, standard deviations of the formula",
        "error_over_perceptron": "error of the KAN over that of the better perceptron",
        "lowest_agreement": "lowest correlation of a curve with its function in the formula",
        "curves_found_share": "curves of x and y that correlate above 0.99 with their function, share",
        "agreement_of_x": "correlation of the curve of x with its function in the formula",
        "agreement_of_y": "correlation of the curve of y with its function in the formula",
        "kan_parameters": "parameters of the KAN",
        "perceptron_parameters": "parameters of the larger perceptron",
    },
)
