"""Three typed sentences by three methods, the ranking over held-out sentences, and the encoder's similarities."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.sentence_meaning.run import METHODS, SentenceMeaningResult, accuracy
from app.provenance.origin import Plotted, computed
from models.language.word_vectors import cosine
from visualizers.curve import curves
from visualizers.theme import ACCENT, INK_3
from visualizers.truth_bars import truth_bars

PARAPHRASE, SWAP = "paraphrase", "roles exchanged"
NAMES = ("shared<br>words", "mean word<br>vector", "encoder")
BINS = 50


def figures(result: SentenceMeaningResult, metrics: Measurements) -> Figures:
    return {
        "typed": _typed(result, metrics),
        "accuracy": _accuracy(result, metrics),
        "spread": _spread(result, metrics),
    }


def _named(drawn: go.Figure, names: Sequence[str]) -> go.Figure:
    """The bars with these names, in which a line may end."""
    return drawn.update_xaxes(tickmode="array", tickvals=list(range(len(names))), ticktext=list(names), tickangle=0)


def _typed(result: SentenceMeaningResult, metrics: Measurements) -> Figure:
    c = result.controls
    groups = {
        PARAPHRASE: np.array([result.typed[name].paraphrase.item() for name in METHODS]),
        SWAP: np.array([result.typed[name].swap.item() for name in METHODS]),
    }
    low = min(0.0, *(float(values.min()) for values in groups.values()))
    first = metrics["typed_paraphrase_cosine"] > metrics["typed_swap_cosine"]
    nearer = "paraphrase" if first else "sentence with the roles exchanged"
    found = computed(cosine, u=result.shown[:1].expand(2, -1), v=result.shown[1:])
    return Figure(
        title=f"How similar to “{c.text}”?",
        caption=(
            f"{{trace:{PARAPHRASE}|Paraphrase}}: “{c.paraphrase}”. {{trace:{SWAP}|Roles exchanged}}: “{c.swap}”."
            " One is meant to share the meaning, the other the words."
        ),
        text=(
            f"For the encoder the {nearer} is more similar: {float(found.tensor[0]):.2f} for the paraphrase,"
            f" {float(found.tensor[1]):.2f} with the roles exchanged. By shared words they have"
            f" {groups[PARAPHRASE][0]:.2f} and {groups[SWAP][0]:.2f}."
        ),
        plot=_named(truth_bars(groups, labels=METHODS, y_range=(low, 1.08)), METHODS),
        height=320,
        sources=[
            Plotted(torch.stack([getattr(result.typed[name], part)[0] for name in METHODS]), trace=trace)
            for trace, part in ((PARAPHRASE, "paraphrase"), (SWAP, "swap"))
        ],
    )


def _accuracy(result: SentenceMeaningResult, metrics: Measurements) -> Figure:
    values = np.array([accuracy(result.held_out[name]) for name in METHODS])
    count = len(result.held_out["encoder"].swap)
    return Figure(
        title=f"Paraphrase ranked above the swap: share of {count} sentences",
        caption=(
            "{trace:share|Shares} over the same sentences by each method."
            if result.controls.published
            else "{trace:share|Shares} over held-out sentences. Their verbs never stood in a role swap during training,"
            " their pairs of people in no sentence."
        ),
        text=(
            f"The encoder ranks {metrics['paraphrase_accuracy']:.0%} of the paraphrases above the swaps, shared words"
            f" {metrics['overlap_accuracy']:.0%}, the mean word vector {metrics['mean_word_accuracy']:.0%}."
        ),
        plot=_named(truth_bars({"share": values}, labels=METHODS, y_range=(0, 1.14)), NAMES),
        height=280,
        half=True,
        sources=[Plotted(torch.from_numpy(values), trace="share")],
    )


def _spread(result: SentenceMeaningResult, metrics: Measurements) -> Figure:
    both = result.held_out["encoder"]
    low = min(-0.2, float(torch.cat([both.paraphrase, both.swap]).min()))
    edges = np.linspace(low, 1, BINS + 1)
    share = {
        name: np.histogram(values.numpy(), edges)[0] / len(values)
        for name, values in ((PARAPHRASE, both.paraphrase), (SWAP, both.swap))
    }
    top = max(float(line.max()) for line in share.values())
    drawn = curves(
        (edges[:-1] + edges[1:]) / 2, share, x_title="cosine by the encoder", y_range=(0, 1.12 * top), room=16,
        colours={PARAPHRASE: ACCENT, SWAP: INK_3},
    )  # fmt: skip
    drawn.layout.annotations = ()
    return Figure(
        title="Cosines of the held-out sentences: share of them",
        caption=f"{{trace:{PARAPHRASE}|Paraphrases}} and {{trace:{SWAP}|role swaps}}. The farther apart, the better.",
        text=(
            f"Paraphrases have a mean cosine of {metrics['paraphrase_cosine']:.2f}, role swaps of"
            f" {metrics['swap_cosine']:.2f}."
        ),
        plot=drawn,
        height=280,
        half=True,
    )
