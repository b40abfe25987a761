"""Three figures of the end token: its probability along a text, generated texts, and its probability over training."""

import numpy as np

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.ending.run import LIMIT, STOP, EndingResult
from app.provenance.origin import Plotted, computed
from models.language.ending import ending_probability
from visualizers.curve import apart, curves
from visualizers.sentences import LONGEST, sentences
from visualizers.theme import ACCENT, FAILED, HELD, SERIES
from visualizers.tokens import token_bars

SIGNS = {"ended": (HELD, "circle"), "cut off": (FAILED, "diamond-open"), "training": (SERIES[2], "circle-open")}
SHOWN_TEXTS = 9
P = "end token"


def figures(result: EndingResult, metrics: Measurements) -> Figures:
    return {
        "probability": _probability(result, metrics),
        "texts": _texts(result, metrics),
        "training": _training(result, metrics),
    }


def _probability(result: EndingResult, metrics: Measurements) -> Figure:
    p = computed(ending_probability, z=result.z, end=STOP)
    values = p.tensor[0]
    return Figure(
        title="Probability of the end token behind each token of a held-out text",
        caption=f"{{trace:{P}|One bar per token}}. It should be high behind the last full stop and small elsewhere.",
        text=(
            f"The end token has a probability of {float(values[-1]):.0%} behind the last token, elsewhere of at most"
            f" {float(values[:-1].max()):.1%}."
        ),
        plot=token_bars(result.pieces, {P: values.numpy()}).update_yaxes(range=[0, 1.06]),
        height=250,
        sources=[Plotted(p, lambda found: found[0], trace=P)],
    )


def _texts(result: EndingResult, metrics: Measurements) -> Figure:
    if not result.texts:
        lines = [("texts are generated when training is done", "training")]
        text = "Texts are generated when training is done."
    else:
        lines = [(_tail(one), "ended" if ended else "cut off") for one, ended in result.texts[:SHOWN_TEXTS]]
        text = (
            f"{metrics['ended_share']:.0%} of {len(result.texts)} texts end by themselves. Their mean length is"
            f" {metrics['mean_length']:.1f} tokens, that of the data {metrics['mean_data_length']:.1f}."
        )
    words = {"ended": "held", "cut off": "failed"}
    there = {verdict for _, verdict in lines}
    key = {kind: f"{{{colour}|{kind}}}" if kind in there else kind for kind, colour in words.items()}
    return Figure(
        title="Texts that the model generates",
        caption=f"A text has {key['ended']} with the end token, or is {key['cut off']} after {LIMIT} tokens.",
        text=text,
        plot=sentences(lines, SIGNS),
        height=270,
        half=True,
    )


def _tail(text: str) -> str:
    """The last words of a text that fit into a line."""
    words = text.split()
    while len(" ".join(words)) > LONGEST - 2:
        words = words[1:]
    return " ".join(words) if words == text.split() else f"… {' '.join(words)}"


def _training(result: EndingResult, metrics: Measurements) -> Figure:
    progress = result.progress
    lines = {
        "at the end": np.array([one.at_end for one in progress.snapshots]),
        "first stop": np.array([one.at_first_stop for one in progress.snapshots]),
        "elsewhere": np.array([one.elsewhere for one in progress.snapshots]),
    }
    plot = curves(
        progress.taken, lines, x_title="training step", y_range=(-0.06, 1.06), room=84, markers=True,
        colours={"at the end": ACCENT, "first stop": SERIES[1], "elsewhere": SERIES[2]},
    )  # fmt: skip
    return Figure(
        title="Probability of the end token during training",
        caption="Mean over 32 held-out texts. Elsewhere: at all positions but the last, the first full stop included.",
        text=(
            f"After {progress.step} steps the end token’s mean is {metrics['end_probability_at_the_end']:.0%} at the"
            f" end and {metrics['end_probability_elsewhere']:.2%} elsewhere."
        ),
        plot=apart(plot, 190),
        height=270,
        half=True,
    )
