"""Serves sinusoidal-positional-encoding alone: no other entry has a table of waves and a decoder trained with it."""

from app.experiments.base import Experiment
from app.experiments.position.sinusoidal_encoding.figures import figures
from app.experiments.position.sinusoidal_encoding.run import SinusoidalControls, measure, run

EXPERIMENT = Experiment(
    SinusoidalControls,
    run,
    measure,
    figures,
    badge="trained toy",
    labels={
        "largest_rotation_error": "largest error of one rotation per offset",
        "closest_two_positions": "distance of the two closest codes",
        "similarity_of_neighbours": "similarity of neighbouring positions",
        "similarity_at_32_positions": "similarity of positions 32 apart",
        "shortest_wave_tokens": "shortest wave, tokens",
        "longest_wave_tokens": "longest wave, tokens",
        "extra_loss_without_the_held_waves_nats": "extra loss without the held waves, nats per token",
        "waves_of_the_costliest_band_tokens": "shortest wave of the costliest band, tokens",
    },
)
