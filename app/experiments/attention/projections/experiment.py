"""The matrices of attention: their rank, their spectra, and the freedom between queries and keys.

Serves projection-matrix alone: it needs a model with as many key as query heads and no rotation between them.
"""

from app.experiments.attention.projections.figures import figures
from app.experiments.attention.projections.run import ProjectionControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    ProjectionControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "effective_rank_q": "effective rank of W_Q",
        "effective_rank_k": "effective rank of W_K",
        "effective_rank_v": "effective rank of W_V",
        "effective_rank_o": "effective rank of W_O",
        "effective_rank_of_random": "effective rank of a random matrix of that size",
        "largest_score_change_over_spread": "largest change of a score over their standard deviation",
        "score_rank": "rank of the scores",
        "rank_over_head_width": "rank of the scores over the width of a head",
        "full_loss_nats": "loss of held-out text, whole model, nats per token",
        "added_loss_nats": "added loss at the rank kept, nats per token",
        "head_width_features": "width of a head, features",
    },
)
