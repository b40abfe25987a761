"""Who enters a block, and what it costs: recorded trainings of one small decoder with other rules of choice.

Serves mixture-of-depths alone: no other page lets tokens pass beside a block.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.routed_depth.figures import figures
from app.experiments.transformers.routed_depth.run import RoutedDepthControls, measure, run

EXPERIMENT = Experiment(
    RoutedDepthControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "router_chooses": "a trained router has some tokens to leave out (1 is yes)",
        "hard_accuracy_percent": "accuracy on hard tokens, mean of five trainings, %",
        "lowest_hard_accuracy_percent": "the same, lowest of five trainings, %",
        "accuracy_above_random_points": "accuracy on hard tokens above that of random routing, points",
        "filler_accuracy_percent": "accuracy on fillers, mean of five trainings, %",
        "hard_entering_percent": "hard tokens that enter the routed block, %",
        "filler_entering_percent": "fillers that enter the routed block, %",
        "kiloflops_per_text": "operations per text of 32 tokens, thousands",
        "routers_with_gradient": "trainings whose router receives gradient, of five",
        "router_gradient_percent": "the router’s gradient, % of the whole model’s",
        "predictor_agreement_percent": "tokens on which predictor and top-k agree, %",
        "predictor_accuracy_change_points": "change of accuracy on hard tokens by the predictor, points",
        "predictor_loss_change_nats": "change of the loss by the predictor, nats per token",
        "earlier_choices_changed_percent": "texts in which the last token changes an earlier choice, %",
        "stack_hard_entering_percent": "three routed blocks: hard tokens that enter one, %",
        "stack_filler_entering_percent": "three routed blocks: fillers that enter one, %",
        "stack_right_inside_percent": "three routed blocks: hard tokens right that entered one, %",
        "stack_right_outside_percent": "three routed blocks: hard tokens right that entered none, %",
        "loss_nats": "loss, mean over all tokens, nats per token",
    },
)
