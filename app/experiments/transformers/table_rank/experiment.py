"""How many dimensions a trained table uses, and how much room a width has for random vectors.

Serves embedding-dimension alone: it cuts the table of a trained model, where other pages count or train tables.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.table_rank.figures import figures
from app.experiments.transformers.table_rank.run import RankControls, measure, run

EXPERIMENT = Experiment(
    RankControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "directions_kept": "directions kept",
        "loss_rise_nats": "rise of the loss with the directions chosen, nats per token",
        "best_rise_nats": "rise of the loss with the table's best, nats per token",
        "random_rise_nats": "rise of the loss with directions at random, nats per token",
        "loss_nats": "loss with all directions, nats per token",
        "kept_share_of_length": "squared length of the table that is kept, share",
        "enough_directions": "fewest of the best directions with a rise below 0.1 nats",
        "noise_over_length": "noise, times the length of a vector",
        "random_width": "width of the random vectors",
        "recovery_as_stated": "width 64 and noise of at most 1.5 lengths (1 is yes)",
        "recovered_share": "vectors recovered from the noise, share",
        "weights_at_the_width": "weights of the real model at its width",
        "embedding_share": "its embeddings, share of its weights",
        "bytes_at_the_width": "its weights in 16 bits, bytes",
        "operations_per_token": "its operations per token of 2\u00a0048, FLOPs",
        "largest_similarity": "largest cosine of 512 random vectors at the width shown",
        "limit_of_similarity": "√(2 ln V² / d) at the width shown",
        "similarity_over_limit": "largest cosine over the expected limit",
    },
)
