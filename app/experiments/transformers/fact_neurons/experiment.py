"""The neurons of the MLPs that carry one person's fact, found by what they write, and set to zero.

Serves position-wise-mlp alone: it changes single neurons, where the other pages change whole parts.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.fact_neurons.figures import figures
from app.experiments.transformers.fact_neurons.run import NeuronControls, measure, run

EXPERIMENT = Experiment(
    NeuronControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "own_lost_share": "probability of the fact lost, share, mean of 20",
        "others_lost_share": "probability of other facts of the kind lost, share, mean",
        "own_minus_others_share": "lost of the fact beyond other facts of the kind, share",
        "shown_lost_share": "probability of the shown fact lost, share",
        "busiest_block": "block that holds most of these neurons",
        "permuted_difference": "largest difference: tokens permuted before or after the MLP",
        "neurons_off": "neurons set to zero",
        "neurons_off_share": "neurons set to zero, share of all",
    },
)
