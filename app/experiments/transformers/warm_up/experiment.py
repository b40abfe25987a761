"""Serves attention-is-all-you-need alone: recorded trainings of the arrangement of 2017 and of its rivals."""

from app.experiments.base import Experiment
from app.experiments.transformers.warm_up.figures import figures
from app.experiments.transformers.warm_up.run import WarmUpControls, measure, run

EXPERIMENT = Experiment(
    WarmUpControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "at_once_ms": "all words of four sentences in one pass, median time, ms",
        "word_after_word_ms": "the same word after word, median time, ms",
        "largest_difference_of_the_forms": "largest difference of a logit between the two",
        "passes_in_sequence": "passes that wait for each other, word after word",
        "layers_of_a_stack": "layers of each stack",
        "last_loss_nats": "last loss of the setting chosen, mean of five trainings, nats per word",
        "highest_last_loss_nats": "the same, highest of five trainings",
        "lowest_last_loss_nats": "the same, lowest of five trainings",
        "gain_of_warm_up_nats": "last loss without warm-up minus with it, nats per word",
        "recurrent_last_loss_nats": "last loss of the recurrent model with attention, nats per word",
        "gradient_ratio": "gradient of the last decoder layer over that of the first, at the start",
        "gradient_doublings": "the same as a number of doublings, its logarithm to base 2",
    },
)
