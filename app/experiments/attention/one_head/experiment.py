"""Heads of a two-layer model without feed-forward parts: what is lost without them, and one head's circuits.

Serves attention-head alone: circuits can be read off only where nothing but attention acts.
"""

from app.experiments.attention.one_head.figures import figures
from app.experiments.attention.one_head.run import OneHeadControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    OneHeadControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "accuracy_on_repeats_percent": "repeated words predicted, %",
        "accuracy_with_all_heads_percent": "repeated words predicted with all heads, %",
        "copying_share": "words whose own logit rises most, share of 48",
        "copying_eigenvalue_ratio": "copying ratio of the OV circuit",
        "matching_share": "words that match their own key best, share of 48",
        "induction_score": "induction score of the head",
        "previous_token_score": "previous-token score of the head",
    },
)
