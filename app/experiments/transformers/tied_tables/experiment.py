"""One table for input and output, or two: what a model without layers can then learn.

Serves weight-tying alone: its models are so small that they learn while the page opens.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.tied_tables.figures import figures
from app.experiments.transformers.tied_tables.run import TieControls, measure, run

EXPERIMENT = Experiment(
    TieControls,
    run,
    measure,
    figures,
    labels={
        "right_share": "right next symbols of the model chosen, share",
        "tied_alone_right_share": "right next symbols, tied with nothing between, share",
        "two_tables_alone_right_share": "right next symbols, two tables with nothing between, share",
        "tied_alone_next_probability": "probability of the next symbol, tied with nothing between, mean",
        "tied_alone_back_probability": "probability of the way back, tied with nothing between, mean",
        "gradient_missing_share": "gradient of the table less the sum of both uses, relative size",
        "decoder_early_gain_nats": "decoder: loss with one table minus that with two after 100 steps, nats per token",
        "decoder_gain_nats": "decoder: last loss with one table minus that with two, nats per token",
        "decoder_gain_spread_nats": "decoder: standard deviation of that gain over five trainings, nats per token",
        "decoder_row_cosine": "decoder with two tables: cosine of a token’s two rows, mean",
        "decoder_other_row_cosine": "decoder with two tables: cosine of rows of different tokens, mean",
        "decoder_pair_correlation": "decoder with two tables: correlation of both tables’ cosines",
        "steps_done": "steps of training",
    },
)
