"""Serves gcn alone: its controls are about averaging by degree and about depth."""

from app.experiments.base import Experiment
from app.experiments.graphs.karate_labels.figures import figures
from app.experiments.graphs.karate_labels.run import DEPTHS, SMOOTHING, KarateControls, measure, run

KINDS = {"residual": "with residual connections", "plain": "without residual connections"}

EXPERIMENT = Experiment(
    KarateControls,
    run,
    measure,
    figures,
    labels={
        "accuracy_percent": "members without a label sorted correctly, mean of eight trainings, %",
        "layers": "layers of the chosen network",
        "training_loss_nats": "loss, nats per labelled member",
        "state_cosine": "mean cosine between the last hidden states of two members",
        "accuracy_deep_percent": "sorted correctly with 24 layers, as the control says, %",
        "loss_deep_nats": "loss with 24 layers, nats per labelled member",
        **{
            f"accuracy_{kind}_{layers}_layers_percent": f"sorted correctly, {layers} layers {says}, %"
            for kind, says in KINDS.items()
            for layers in DEPTHS
        },
        **{
            f"smoothing_accuracy_{steps}_percent": f"sorted correctly after {steps} steps of averaging alone, %"
            for steps in SMOOTHING
        },
        **{f"smoothing_cosine_{steps}": f"mean cosine after {steps} steps of averaging alone" for steps in SMOOTHING},
        "weight_on_itself": "weight of the node on itself",
    },
)
