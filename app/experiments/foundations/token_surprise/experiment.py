"""Serves negative-log-likelihood alone: it scores what was written, where next_word shows what may come."""

from app.experiments.base import Experiment
from app.experiments.foundations.token_surprise.figures import figures
from app.experiments.foundations.token_surprise.run import TokenSurpriseControls, measure, run

EXPERIMENT = Experiment(
    TokenSurpriseControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "sentence_nats_per_token": "your sentence, nats per token",
        "largest_surprise_nats": "greatest surprise, nats",
        "largest_surprise_over_mean": "greatest surprise over the mean",
        "lower_than_shuffled_share": "texts scored lower than their shuffled words, share",
        "held_out_nats_per_token": "held-out texts, nats per token",
        "shuffled_nats_per_token": "their shuffled words, nats per token",
        "walk_nats_per_step": "walks of known chance, nats per step",
        "walk_entropy_nats": "entropy of a step, nats",
        "walk_excess_nats": "above the entropy, nats per step",
        "best_theta": "assumed probability of heads with the least surprise",
        "least_coin_nats": "least surprise of the tosses, nats per toss",
    },
)
