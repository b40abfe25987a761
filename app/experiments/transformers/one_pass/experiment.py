"""A text through a decoder from its tokens to the next one, with every part to be opened or left out.

Serves transformer alone: it shows the whole path, where the pages beside it show one part each.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.one_pass.figures import figures
from app.experiments.transformers.one_pass.run import PassControls, measure, run

EXPERIMENT = Experiment(
    PassControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "stated_right_share": "facts stated in the text: answered, share of 64",
        "stored_right_share": "facts stated in training alone: answered, share of 64",
        "cheapest_block": "block without which most stated facts are answered",
        "answer_moves_in_block": "last block that takes in a needed earlier token",
        "kept_tokens": "tokens that may be sampled",
        "next_token_probability": "probability of the most likely next token",
        "entropy_nats": "entropy of the next token, nats",
    },
)
