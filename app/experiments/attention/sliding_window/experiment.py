"""Serves sliding-window-attention alone: only here a decoder is trained with a window, or gets one afterwards."""

from app.experiments.attention.sliding_window.figures import figures
from app.experiments.attention.sliding_window.run import WindowControls, measure, run
from app.experiments.base import Experiment

EXPERIMENT = Experiment(
    WindowControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "scores_of_the_band": "scores inside the band",
        "scores_of_the_triangle": "scores without a window",
        "n_times_window": "tokens times window",
        "buffer_bytes": "keys and values kept with the window, bytes",
        "full_cache_bytes": "keys and values kept without a window, bytes",
        "buffer_against_band": "largest difference of a logit, rolling buffer against band",
        "reach_positions": "positions on which the last output depends",
        "reach_minus_formula_positions": "positions more than L(W−1)+1",
        "layers_times_window_positions": "layers times window, positions",
        "gradient_share_of_farthest": "gradient on the farthest position in reach, share",
        "gradient_share_within_window": "gradient within the window, share",
        "farthest_tokens": "tokens back to the farthest position in reach",
        "recall_between_window_and_reach": "cities named, stated between window and reach, share",
        "recall_beyond_reach": "cities named, stated beyond the reach, share",
        "recall_without_window": "cities named without a window, share",
        "text_loss_nats": "loss of your text with the window, nats per token",
        "text_loss_without_window_nats": "loss of your text without a window, nats per token",
        "text_cost_of_window_nats": "loss of your text added by the window, nats per token",
        "gain_beyond_window_nats": "loss saved by tokens beyond the window, nats per token",
        "chance": "chance of naming the right city",
    },
)
