"""Hidden size against width at equally many weights, and the MLP's share of published blocks.

Serves ffn-expansion-ratio alone: its shapes differ in the MLP only; the page on depth compares numbers of layers.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.hidden_ratio.figures import figures
from app.experiments.transformers.hidden_ratio.run import RatioControls, measure, run

EXPERIMENT = Experiment(
    RatioControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "loss_nats": "loss, mean over both kinds of question, nats",
        "loss_above_lowest_nats": "loss above that of the best ratio, nats",
        "stated_loss_nats": "loss on stated answers, nats",
        "stored_loss_nats": "loss on stored answers, nats",
        "stated_minus_stored_nats": "loss on stated less that on stored answers, nats",
        "spread_of_trainings_nats": "standard deviation over five trainings, nats",
        "lowest_ratio": "ratio with the lowest loss",
        "attention_over_published": "its weights of attention over those of the published model",
        "queries_per_key_head": "query heads per key/value head, as published",
        "mlp_share": "MLP's share of a block of the published model",
    },
)
