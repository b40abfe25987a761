"""Serves vocabulary-size alone: models trained with five vocabularies, and what each costs."""

from app.experiments.base import Experiment
from app.experiments.tokens.vocabulary_size.figures import figures
from app.experiments.tokens.vocabulary_size.run import VocabularySizeControls, measure, run

EXPERIMENT = Experiment(
    VocabularySizeControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "nats_per_token": "loss, nats per token",
        "bits_per_character": "loss, bits per character",
        "tokens_per_character": "tokens per character",
        "vocabulary_parameters": "parameters of the vocabulary",
        "bits_saved": "bits per character, 40 tokens less 320 tokens",
        "nats_per_token_more": "nats per token, 320 tokens less 40 tokens",
        "lowest_loss_per_token_size": "vocabulary with the lowest loss per token",
        "fewest_bits_size": "vocabulary with the fewest bits per character",
        "cheapest_size_narrow": "cheapest vocabulary at width 16",
        "cheapest_size_wide": "cheapest vocabulary at width 256",
        "compute_saved_narrow": "compute per character saved from 160 to 640 tokens, width 16",
        "compute_saved_wide": "compute per character saved from 160 to 640 tokens, width 256",
        "more_saved_when_wide": "compute saved, width 256 less width 16",
    },
)
