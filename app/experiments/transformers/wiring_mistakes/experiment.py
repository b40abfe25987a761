"""A block of the Llama kind, equation by equation for one token, and what well-known slips do to the loss.

Serves llm-block alone: every number of one block is shown, where the other pages show many.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.wiring_mistakes.figures import figures
from app.experiments.transformers.wiring_mistakes.run import MistakeControls, measure, run

EXPERIMENT = Experiment(
    MistakeControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "stated_right_share": "facts stated in the text: answered, share of 64",
        "loss_rise_nats": "loss above that of the right wiring, nats per token",
        "loss_nats": "loss of held-out text as it runs, nats per token",
        "tiled_minus_halves_nats": "rise by tiled KV heads less that by pairs in halves, nats per token",
        "exchanged_rise_nats": "rise by gate and value exchanged, nats per token",
        "block_weights": "weights of the block",
        "cached_share": "keys and values kept, share of what as many KV heads as query heads would keep",
    },
)
