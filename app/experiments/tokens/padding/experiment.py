"""Serves padding-token alone: a batch of prompts, while the other special tokens stand in one text."""

from app.experiments.base import Experiment
from app.experiments.tokens.padding.figures import figures
from app.experiments.tokens.padding.run import PaddingControls, measure, run

EXPERIMENT = Experiment(
    PaddingControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "largest_logit_change": "largest change of a logit against prompts alone",
        "rows_changed_share": "rows that change by more than 0.01, share",
        "right_share": "right answers, share",
        "change_left_visible": "largest change with visible pads at the left",
        "change_left_by_column": "largest change with masked pads that are counted as positions",
        "change_right_visible": "largest change with visible pads at the right",
        "pad_share": "share of the batch that is pads",
    },
)
