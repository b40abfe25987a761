"""From which block on a decoder's prediction stands, for stated and stored facts and for a typed text.

Serves decoder-only-transformer alone: it follows one prediction through the depth.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.answer_depth.figures import figures
from app.experiments.transformers.answer_depth.run import DepthControls, measure, run

EXPERIMENT = Experiment(
    DepthControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "stored_first_share": "stored facts: answer is first choice behind block 2, share of 64",
        "stated_first_share": "stated facts: answer is first choice behind block 2, share of 64",
        "stored_lead_share": "lead of stored over stated facts behind block 2, share",
        "largest_change_before": "largest change of an earlier prediction when the last token is exchanged",
        "settled_blocks": "blocks after which the last prediction of the text stands",
        "next_token_probability": "probability of the most likely next token",
        "changed_by_the_norm_share": "first choices that differ without the last norm, share of 128",
    },
)
