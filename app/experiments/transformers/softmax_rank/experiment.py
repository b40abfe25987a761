"""A softmax head of any width fitted to a table of probabilities, and the tokens that can never be its first choice.

Serves softmax-head alone: it trains the last layer by itself.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.softmax_rank.figures import figures
from app.experiments.transformers.softmax_rank.run import RankControls, measure, run

EXPERIMENT = Experiment(
    RankControls,
    run,
    measure,
    figures,
    badge="live",
    labels={
        "excess_at_rank_nats": "excess loss at width 4, nats per token",
        "excess_nats": "excess loss at the width shown, nats per token",
        "entropy_nats": "entropy of the table, nats per token",
        "never_first_share": "random rows in two dimensions: tokens never first, share of 64",
        "fitted_never_first_share": "rows fitted at width 2: tokens never first, share of 64",
        "steps_done": "steps of training",
    },
)
