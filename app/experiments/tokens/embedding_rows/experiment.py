"""Serves embedding-layer alone: it is about the layer and its updates, not about what trained rows mean."""

from app.experiments.base import Experiment
from app.experiments.tokens.embedding_rows.figures import figures
from app.experiments.tokens.embedding_rows.run import EmbeddingRowsControls, measure, run

EXPERIMENT = Experiment(
    EmbeddingRowsControls,
    run,
    measure,
    figures,
    labels={
        "absent_rows_changed": "rows changed whose token is not in the batch",
        "absent_rows_with_gradient": "rows with a gradient whose token is not in the batch",
        "earlier_tokens": "tokens in earlier batches",
        "rows_in_the_batch": "different tokens in the batch",
        "rows_changed": "rows changed by the step",
        "lookup_difference": "largest difference of lookup and one-hot product",
        "never_used_mean_cosine": "mean cosine of tokens that are never used",
        "loss_nats": "loss of the batch, nats per token",
    },
)
