"""Signal-to-noise ratio at every loudness, and the sound after either quantiser, to be seen and heard."""

import numpy as np
from torch import Tensor

from app.experiments.base import Figure, Figures, Measurements, Sound
from app.experiments.recurrence.companding.run import LOUDNESSES, CompandingResult
from app.provenance.origin import Computed, Plotted, computed
from models.data.sounds import RATE
from models.tokenization.mu_law import dequantise, expand
from visualizers.curve import apart, curves, mark_x
from visualizers.theme import ACCENT, INK_3, SERIES

SHOWN = 120
PLAYED = 0.25
"""The largest sample of what is played, as share of full scale, whatever the loudness set."""


def figures(result: CompandingResult, metrics: Measurements) -> Figures:
    codes, levels = result.codes[:SHOWN], result.controls.levels
    companded = computed(expand, f=computed(dequantise, k=codes, levels=levels), mu=result.decoder_mu)
    uniform = computed(dequantise, k=result.uniform_codes[:SHOWN], levels=levels)
    return {
        "loudness": _loudness(result, metrics),
        "companded": _wave("μ-law levels", "levels_used", companded, result.companded, ACCENT, result, metrics),
        "uniform": _wave("Uniform levels", "uniform_levels_used", uniform, result.uniform, SERIES[1], result, metrics),
    }


def _loudness(result: CompandingResult, metrics: Measurements) -> Figure:
    lines = {"μ-law": result.by_loudness[0].numpy(), "uniform": result.by_loudness[1].numpy()}
    low = float(min(line[np.isfinite(line)].min() for line in lines.values()))
    high = float(max(line[np.isfinite(line)].max() for line in lines.values()))
    plot = curves(
        LOUDNESSES.numpy(), lines, x_title="loudness, largest sample as share of full scale", x_log=True,
        y_range=(low - 3, high + 8), colours={"μ-law": ACCENT, "uniform": SERIES[1]}, room=70,
    )  # fmt: skip
    plot.update_xaxes(tickvals=[0.001, 0.01, 0.1, 1], ticktext=["0.001", "0.01", "0.1", "1"])
    return Figure(
        title=f"Signal-to-noise ratio with {result.controls.levels} levels, decibels",
        caption=(
            "{accent|μ-law} and {c2|uniform} levels. Quiet sounds keep a high ratio only with the μ-law; loud ones are"
            " better off with uniform levels."
        ),
        text=(
            f"At the loudness {result.controls.loudness:g} the μ-law has {metrics['snr_db']:.1f} dB, uniform levels"
            f" {metrics['uniform_snr_db']:.1f} dB. Uniform levels have less noise from"
            f" {metrics['crossing_loudness']:.2f} on."
        ),
        plot=mark_x(apart(plot, 220), result.controls.loudness, "your loudness"),
        height=280,
    )


def _wave(
    name: str, used: str, origin: Computed, whole: Tensor, colour: str, result: CompandingResult, metrics: Measurements
) -> Figure:
    c = result.controls
    times = 1000 * np.arange(SHOWN) / RATE
    reach = 1.25 * float(result.x[:SHOWN].abs().max()) or 1.0
    reach = max(reach, 1.05 * float(whole[:SHOWN].abs().max()))
    plot = curves(
        times, {"original": result.x[:SHOWN].numpy(), "quantised": origin.tensor.numpy()}, x_title="milliseconds",
        y_range=(-reach, reach), colours={"original": INK_3, "quantised": colour}, room=16,
    )  # fmt: skip
    plot.layout.annotations = ()
    plot.data[1].line.shape = "hvh"
    plot.data[1].line.dash = "solid"
    snr = metrics["snr_db"] if used == "levels_used" else metrics["uniform_snr_db"]
    return Figure(
        title=f"{name}: {metrics[used]:.0f} of {c.levels} used",
        caption=(
            "{ink-3|Original} and {trace:quantised|quantised}. Played at equal volume: a quiet sound is turned up, and"
            " its noise with it."
        ),
        text=(
            f"With {name.replace('Uniform', 'uniform')}, the sound uses {metrics[used]:.0f} of {c.levels} levels and"
            f" is {snr:.1f} dB above its noise."
        ),
        plot=plot,
        height=230,
        half=True,
        sources=[Plotted(origin, trace="quantised")],
        sound=Sound((whole * (PLAYED / c.loudness)).numpy(), RATE),
    )
