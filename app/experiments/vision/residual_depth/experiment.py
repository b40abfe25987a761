"""Serves resnet alone: it compares with a plain network, where its neighbours compare residual blocks."""

from app.experiments.base import Experiment
from app.experiments.vision.residual_depth.figures import figures
from app.experiments.vision.residual_depth.run import ResidualDepthControls, measure, run

EXPERIMENT = Experiment(
    ResidualDepthControls,
    run,
    measure,
    figures,
    labels={
        "residual_training_accuracy": "residual network: training digits named, share",
        "plain_training_accuracy": "plain network: training digits named, share",
        "residual_lead": "lead of the residual network in training accuracy",
        "residual_loss_nats": "residual network: training loss, nats per digit",
        "plain_loss_nats": "plain network: training loss, nats per digit",
        "depth": "convolutions in the blocks",
        "steps": "training steps done",
        "residual_held_out_accuracy": "residual network: held-out digits named, share",
        "plain_held_out_accuracy": "plain network: held-out digits named, share",
        "residual_accuracy_without_a_block": "residual network without one block: held-out digits named, share",
        "plain_accuracy_without_a_block": "plain network without one block: held-out digits named, share",
        "cost_of_a_block": "held-out accuracy lost with one block, mean",
        "largest_cost_of_a_block": "held-out accuracy lost with the most important block",
    },
)
