"""Weights of published models and of pasted settings by component, and what more weights do to the loss.

Serves parameter-count alone: it counts, where the page on large language models compares components.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.counted_weights.figures import figures
from app.experiments.transformers.counted_weights.run import CountControls, measure, run

EXPERIMENT = Experiment(
    CountControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "counted": "weights counted",
        "off_published_share": "counted beside published, difference, share",
        "embedding_share": "share of the embeddings",
        "gain_of_the_larger_nats": "loss of the smaller less that of the larger model, nats per token",
        "largest_growth": "growth of the count when the width is doubled, factor",
        "mlp_growth": "growth of the MLPs when the width is doubled, factor",
    },
)
