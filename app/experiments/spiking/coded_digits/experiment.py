"""Serves spiking-neural-network alone: its controls are about how a digit becomes spikes."""

from app.experiments.base import Experiment
from app.experiments.spiking.coded_digits.figures import figures
from app.experiments.spiking.coded_digits.run import CodedDigitsControls, measure, run

EXPERIMENT = Experiment(
    CodedDigitsControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy": "held-out digits named rightly, share",
        "accuracy_latency": "latency code: named rightly, share",
        "accuracy_latency_shuffled": "latency code, shuffled times: named rightly, share",
        "accuracy_rate": "rate code: named rightly, share",
        "accuracy_rate_shuffled": "rate code, shuffled times: named rightly, share",
        "lost_by_shuffling_latency": "latency code: accuracy lost by shuffling",
        "lost_by_shuffling_rate": "rate code: accuracy lost by shuffling",
        "operations_per_digit": "additions per digit",
        "operations_over_dense": "additions over the dense network’s multiplications",
        "multiplications_of_dense": "multiplications of the dense network, per digit",
        "input_spikes_per_digit": "input spikes per digit",
        "hidden_spikes_per_digit": "hidden spikes per digit",
        "final_step": "median step after which the winner no longer changes",
        "winner": "digit named",
        "winner_spikes": "spikes of its output neuron",
    },
)
