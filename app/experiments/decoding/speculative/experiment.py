"""Serves speculative-decoding alone: no other entry has two models, one that proposes and one that tests."""

from app.experiments.base import Experiment
from app.experiments.decoding.speculative.figures import figures
from app.experiments.decoding.speculative.run import SpeculativeControls, measure, run

EXPERIMENT = Experiment(
    SpeculativeControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "shown_tokens": "your prompt: new tokens",
        "shown_target_calls": "your prompt: calls of the target",
        "shown_tokens_per_call": "your prompt: tokens per call of the target",
        "shown_accepted_share": "your prompt: proposed tokens accepted, share",
        "acceptance_stated_in_training": "expected acceptance of an answer stated in training",
        "acceptance_stated_in_the_text": "expected acceptance of an answer stated in the text",
        "acceptance_of_new_words": "expected acceptance of an answer that is a new word’s meaning",
        "acceptance_lost_in_the_text": "acceptance lost where the answer stands in the text",
        "mean_acceptance": "mean acceptance of a proposed token",
        "tokens_per_call": "tokens per call of the target",
        "tokens_per_call_at_8": "tokens per call of the target, 8 proposed",
        "tokens_per_call_by_formula": "tokens per call of the target, by the formula",
        "modelled_speed_up": "modelled speed-up",
        "chi_square_per_degree": "χ² per degree of freedom",
        "chi_square_degrees": "degrees of freedom of χ²",
    },
)
