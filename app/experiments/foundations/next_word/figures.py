"""The next word's probabilities beside the truth, frequencies of samples, and the error of frequencies."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.foundations.next_word.run import COUNTS, NextWordResult, names
from app.number_format import number
from app.provenance.origin import Plotted, computed
from models.language.next_word import next_probabilities
from visualizers.curve import curves, mark_x
from visualizers.theme import ACCENT, INK_3
from visualizers.truth_bars import truth_bars

MODEL, TRUTH, SAMPLED, ERROR, ROOT = "model", "truth", "sampled", "error", "∝ 1/√n"


def figures(result: NextWordResult, metrics: Measurements) -> Figures:
    return {
        "next": _next(result, metrics),
        "samples": _samples(result, metrics),
        "error": _error(result, metrics),
    }


def _next(result: NextWordResult, metrics: Measurements) -> Figure:
    top, q = result.top, result.q
    p = computed(next_probabilities, z=result.z[None])
    rest = 1 - result.p[top].sum().item()
    known = (
        f" {{trace:{TRUTH}|The lines}} are the true probabilities by which such texts are made."
        if q is not None
        else " The true probabilities of such a text are not known."
    )
    near = f" The total variation distance from the truth is {metrics['distance_here']:.3f}." if q is not None else ""
    high = max(result.p.max().item(), 0.0 if q is None else q.max().item())
    return Figure(
        title="Which word comes next?",
        caption=f"{{trace:{MODEL}|Bars}} are the model’s probabilities, the most likely words first.{known}",
        text=(
            f"“{names(top[:1])[0]}” is the most likely next word, with {metrics['largest_probability']:.1%}. All"
            f" {len(result.p)} tokens sum to {metrics['sum_of_probabilities']:.6f}; those not shown have {rest:.1%}."
            f"{near}"
        ),
        plot=truth_bars(
            {MODEL: result.p[top].numpy()}, labels=names(top), truth=None if q is None else q[top].numpy(),
            truth_name=TRUTH, x_title="next word", y_range=(0, 1.18 * high),
        ),
        height=330,
        sources=[Plotted(p, lambda values: values[0, top], trace=MODEL)],
    )  # fmt: skip


def _samples(result: NextWordResult, metrics: Measurements) -> Figure:
    top, n = result.top, result.controls.samples
    p, f = result.p[top].numpy(), result.frequencies[top].numpy()
    return Figure(
        title=f"Frequencies of {number(n)} samples",
        caption=f"{{trace:{MODEL}|Probabilities}} and {{trace:{SAMPLED}|how often}} each word was sampled.",
        text=(
            f"{metrics['sampling_error_here']:.1%} of the probability would have to move to make the frequencies of"
            f" {number(n)} samples equal to the probabilities."
        ),
        plot=truth_bars(
            {MODEL: p, SAMPLED: f}, labels=names(top), x_title="next word", write=False,
            y_range=(0, 1.1 * float(max(p.max(), f.max()))),
        ),
        height=280,
        half=True,
    )  # fmt: skip


def _error(result: NextWordResult, metrics: Measurements) -> Figure:
    error, n = result.errors.numpy(), np.array(COUNTS)
    drawn = curves(
        n,
        {ROOT: error[0] * np.sqrt(n[0] / n), ERROR: error},
        x_title="samples n",
        x_log=True,
        y_log=True,
        markers=True,
        colours={ROOT: INK_3, ERROR: ACCENT},
        room=64,
    ).update_xaxes(tickvals=[10, 100, 1000, 10_000])
    drawn.layout.annotations[0].yshift = -8  # both lines end at one place
    drawn.layout.annotations[1].yshift = 8
    return Figure(
        title="Distance of the frequencies from the probabilities",
        caption=f"{{trace:{ERROR}|Mean error}} over many repetitions, and a {{trace:{ROOT}|line}} that falls as 1/√n.",
        text=(
            f"From 100 to 10 000 samples the error falls from {metrics['sampling_error_at_100']:.3f} to"
            f" {metrics['sampling_error_at_10000']:.4f}."
        ),
        plot=mark_x(drawn, result.controls.samples, "your n"),
        height=280,
        half=True,
    )
