"""Hyena's padded and circular convolutions, trained and used.

Serves hyena alone: no other entry convolves over the whole text.
"""

from app.experiments.base import Experiment
from app.experiments.statespace.long_convolution.figures import figures
from app.experiments.statespace.long_convolution.run import HyenaControls, measure, run

EXPERIMENT = Experiment(
    HyenaControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "loss_nats": "loss, the text read at once, nats per token",
        "loss_by_token_nats": "loss, token by token, nats per token",
        "below_the_least_loss_nats": "least possible loss less that of the text read at once, nats per token",
        "lost_in_generation_nats": "loss token by token less that of the text read at once, nats per token",
        "recalled_share": "values said before that get more than half of the probability, share",
        "circular_less_padded_nats": "loss read at once, circular less padded, nats per token",
        "least_loss_nats": "least loss of any causal model, nats per token",
        "change_of_earlier_predictions": "largest change of a prediction before an exchanged token",
        "fft_less_direct": "largest difference of the convolution from the direct sum",
        "fft_from_tokens": "length from which the FFT takes fewer operations, tokens",
    },
)
