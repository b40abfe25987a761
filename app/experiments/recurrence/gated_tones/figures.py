"""The spectrum of what was generated, the two branches of one layer, and the pitch that each label gives."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements, Sound
from app.experiments.recurrence.gated_tones.run import NAMES, SHOWN, ToneResult
from app.provenance.origin import Plotted, computed
from models.convolution.wavenet import gated_activation
from models.data.waveforms import PITCHES, RATE
from visualizers.curve import curves, mark_x
from visualizers.distribution import grouped_bars
from visualizers.theme import ACCENT, SERIES

HIGHEST = 1600
VOLUME = 0.4


def figures(result: ToneResult, metrics: Measurements) -> Figures:
    return {
        "spectrum": _spectrum(result, metrics),
        "branches": _branches(result, metrics),
        "pitches": _pitches(result, metrics),
    }


def _spectrum(result: ToneResult, metrics: Measurements) -> Figure:
    c, shown = result.controls, result.frequencies <= HIGHEST
    plot = curves(
        result.frequencies[shown].numpy(), {"generated": result.spectrum[shown].numpy()}, x_title="frequency, Hz",
        y_range=(0, 1.3), colours={"generated": ACCENT}, room=16,
    )  # fmt: skip
    plot.layout.annotations = ()
    for name, pitch in zip(NAMES, PITCHES, strict=True):
        plot = mark_x(plot, pitch, name if name == c.pitch or (c.mix and name == c.other) else "")
    asked = c.pitch if c.mix == 0 else f"a mixture of {c.pitch} and {c.other}"
    return Figure(
        title=f"Spectrum of the sound generated for {asked}",
        caption=(
            "{accent|What the model generated} from silence, a sample at a time. Dotted lines: the pitches of the four"
            " labels. Further peaks are overtones."
        ),
        text=f"The highest peak lies at {metrics['peak_hz']:.0f} Hz.",
        plot=plot,
        height=270,
        sound=Sound((VOLUME * result.wave.repeat(5)).numpy(), RATE),
    )


def _branches(result: ToneResult, metrics: Measurements) -> Figure:
    c = result.controls
    f, g = (part[0, :, c.channel] for part in (result.trace.filter, result.trace.gate))
    z = computed(gated_activation, f=f, g=g)
    lines = {"tanh": f.tanh().numpy(), "gate": g.sigmoid().numpy(), "product": z.tensor.numpy()}
    plot = curves(
        np.arange(SHOWN), lines, x_title="samples", y_range=(-1.1, 1.1), room=60,
        colours={"tanh": SERIES[1], "gate": SERIES[2], "product": ACCENT},
    )  # fmt: skip
    return Figure(
        title=f"Two branches of layer {c.layer}, channel {c.channel}",
        caption="{c2|tanh} is the filter, {c3|the gate} lies between 0 and 1. {accent|Their product} goes on.",
        text=f"The gates open and close: their standard deviation over time is {metrics['gate_swing']:.2f} on average.",
        plot=plot,
        height=290,
        half=True,
        sources=[Plotted(z, trace="product")],
    )


def _pitches(result: ToneResult, metrics: Measurements) -> Figure:
    return Figure(
        title="Pitch requested and pitch generated, Hz",
        caption="{trace:requested|The label’s pitch} and {trace:generated|the highest peak}, median of five sounds.",
        text=(
            f"The largest error is {metrics['largest_pitch_error_share']:.1%};"
            f" {metrics['pitches_met']:.0f} of {len(PITCHES)} pitches are met within 5 %."
        ),
        plot=grouped_bars(
            {"requested": np.array(PITCHES), "generated": result.peaks.numpy().round()}, labels=list(NAMES)
        ),
        height=290,
        half=True,
    )
