"""A trained decoder with another function in its gates.

Serves geglu alone: it changes a trained language model; the page on SwiGLU trains networks of two inputs.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.gate_exchange.figures import figures
from app.experiments.transformers.gate_exchange.run import GateControls, measure, run

EXPERIMENT = Experiment(
    GateControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "rescaled_gelu": "the gate is GELU or a form of it, and rescaled (1 is yes)",
        "divergence_nats": "KL from the trained predictions, nats per token",
        "raw_gelu_divergence_nats": "KL with GELU, not rescaled, nats per token",
        "relu_divergence_nats": "KL with ReLU, nats per token",
        "divergence_over_raw_gelu": "KL of the change chosen over that of GELU, not rescaled",
        "loss_rise_nats": "rise of the loss, nats per token",
        "loss_change_size_nats": "size of the change of the loss, nats per token",
        "loss_as_trained_nats": "loss as trained, nats per token",
        "largest_gap": "largest difference from Swish, z from −6 to 6",
        "trained_gain_nats": "trained anew: last loss of SwiGLU minus that of GEGLU, nats per token",
        "trained_gain_spread_nats": "trained anew: standard deviation of that gain over five trainings, nats per token",
    },
)
