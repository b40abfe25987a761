"""Three figures of a state that counts: it reads a text, how the count was learned, and how far it goes."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.recurrence.character_states.run import CharacterResult
from app.provenance.origin import Plotted, computed
from models.data.bracketed_text import ALPHABET
from models.recurrence.rnn import rnn_step
from models.training.character_rnn import SNAPSHOTS
from visualizers.curve import apart, curves, mark_x
from visualizers.read_text import Cells, Lines, height_of, read_text
from visualizers.theme import ACCENT, INK_3, SERIES

STATES, DEPTH, PROBE = "states of eight units", "true depth", "probe"


def figures(result: CharacterResult, metrics: Measurements) -> Figures:
    return {"text": _text(result, metrics), "training": _training(result, metrics), "depths": _depths(result, metrics)}


def _text(result: CharacterResult, metrics: Measurements) -> Figure:
    units = result.units
    depth, probed = result.text.depth[0].numpy(), result.probed.numpy()
    high = max(5.0, float(depth.max()), float(np.nanmax(probed))) * 1.06
    charts: list[Cells | Lines] = [
        Lines("brackets that are open", {DEPTH: depth, PROBE: probed}, (min(-0.6, float(np.nanmin(probed))), high),
              {DEPTH: INK_3, PROBE: ACCENT}),
        Cells(STATES, result.states[0].T[units].numpy(), [f"unit {unit}" for unit in units], signed=True),
    ]  # fmt: skip
    tokens = ["␣" if ALPHABET[index] == " " else ALPHABET[index] for index in result.text.ids[0].tolist()]
    states = computed(rnn_step, from_x=result.from_x, from_h=result.from_h)
    return Figure(
        title="The network reads your text",
        caption=(
            "{trace:probe|Probe}: a linear function of the state, fitted on other texts; {trace:true depth|true depth}."
            " Below: the eight units that correlate most with the depth."
        ),
        text=(
            f"On held-out texts, probe and depth correlate at {metrics['depth_correlation']:.2f}; before training at"
            f" {metrics['untrained_correlation']:.2f}."
        ),
        plot=read_text(tokens, charts),
        height=height_of(charts),
        sources=[Plotted(states, lambda h: h[0].T[units], trace=STATES)],
    )


def _training(result: CharacterResult, metrics: Measurements) -> Figure:
    own = result.controls.training
    lines = {"as written": np.array(result.course_as_written)}
    if own != "as written":
        lines[own.split(" at ")[0]] = np.array(result.course)
    plot = curves(
        SNAPSHOTS, lines, x_title="training step", y_range=(0, 1.05), room=96, markers=True,
        colours={"as written": INK_3 if len(lines) > 1 else ACCENT, own.split(" at ")[0]: ACCENT},
    )  # fmt: skip
    return Figure(
        title="Correlation of probe and depth",
        caption=("Each point has a probe of its own, on held-out texts. Dotted: the network that is shown."),
        text=(
            f"After {SNAPSHOTS[result.controls.trained]} training steps the correlation is"
            f" {metrics['depth_correlation']:.2f}."
        ),
        plot=mark_x(apart(plot, 190), SNAPSHOTS[result.controls.trained], ""),
        height=240,
        half=True,
    )


def _depths(result: CharacterResult, metrics: Measurements) -> Figure:
    levels = np.arange(len(result.read.by_depth))
    lines = {"probe, mean": result.read.by_depth.numpy(), "exact": levels.astype(float)}
    plot = curves(
        levels, lines, x_title="true depth", y_range=(-0.3, 1.08 * levels[-1]), room=74, markers=True,
        colours={"probe, mean": SERIES[0], "exact": INK_3},
    )  # fmt: skip
    return Figure(
        title="What the probe reads at each depth",
        caption="Training went down to depth 4. Set deeper brackets and see how far the count goes.",
        text=f"At depth {levels[-1]} the probe reads {metrics['probe_at_deepest']:.1f} on average.",
        plot=apart(plot, 190),
        height=240,
        half=True,
    )
