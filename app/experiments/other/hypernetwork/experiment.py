"""Serves hypernetwork alone: no other entry's weights are made by a network."""

from app.experiments.base import Experiment
from app.experiments.other.hypernetwork.figures import figures
from app.experiments.other.hypernetwork.run import HypernetworkControls, measure, run

EXPERIMENT = Experiment(
    HypernetworkControls,
    run,
    measure,
    figures,
    labels={
        "trained_error": "error on trained frequencies, root mean square",
        "between_error": "error between trained frequencies, root mean square",
        "between_over_trained": "error between trained frequencies over that on them",
        "input_trained_error": "plain network, error on trained frequencies",
        "input_between_error": "plain network, error between trained frequencies",
        "early_error": "error on trained frequencies after a twelfth of the training",
        "start_over_end_scale": "spread of generated input weights before training over that after it",
        "input_weights_move": "how far input weights move from lowest to highest frequency, of their length",
        "output_weights_move": "how far output weights move from lowest to highest frequency, of their length",
        "input_over_output_move": "movement of input weights over that of output weights",
        "generator_parameters": "parameters of the generator",
        "main_network_parameters": "parameters of one main network",
        "separate_parameters": "parameters of one network per trained task",
        "input_network_parameters": "parameters of the plain network",
    },
)
