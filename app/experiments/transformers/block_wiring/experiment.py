"""What the two sublayers of a block add to each token, and what another wiring of them does to the loss.

Serves decoder-block alone: it changes how a block is wired, where the other pages leave parts out.
"""

from app.experiments.base import Experiment
from app.experiments.transformers.block_wiring.figures import figures
from app.experiments.transformers.block_wiring.run import WiringControls, measure, run

EXPERIMENT = Experiment(
    WiringControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "stated_right_share": "facts stated in the text: answered, share of 64",
        "stored_right_share": "facts stated in training alone: answered, share of 64",
        "loss_nats": "loss of held-out text, nats per token",
        "loss_rise_nats": "loss above that of the trained wiring, nats per token",
        "attention_over_stream": "length of attention’s update over that of the stream, mean",
        "mlp_over_stream": "length of the MLP’s update over that of the stream, mean",
        "attention_cosine": "cosine of attention’s update and its stream, size, mean",
        "mlp_cosine": "cosine of the MLP’s update and its stream, size, mean",
        "worst_block_for_parallel": "block in which the parallel wiring costs most",
    },
)
