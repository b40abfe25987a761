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
        "steps_done": "steps of training",
    },
)
