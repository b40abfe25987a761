"""Serves causal-mask alone: the other pages on masks do not change a word of the text."""

from app.experiments.attention.causal_mask.figures import figures
from app.experiments.attention.causal_mask.run import MaskControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    MaskControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "attention_on_the_future": "largest attention weight on later tokens",
        "largest_change_before": "largest change of an earlier logit",
        "share_of_later_tokens_moved": "later tokens whose logits change, share",
        "mean_prediction_change_after": "mean change of later predictions, 0 to 1",
        "allowed_pairs": "pairs that the mask allows",
        "allowed_pairs_percent": "pairs that the mask allows, %",
        "loss_nats": "loss of held-out text, nats per token",
        "loss_without_mask_nats": "loss without the mask, nats per token",
        "loss_rise_without_mask_nats": "rise of the loss without the mask, nats per token",
    },
)
