"""The words on a map that moves as they train, their purity over the steps, and the picked word's neighbours."""

import numpy as np
import torch

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.word_choice import CLASS_NAMES
from app.experiments.tokens.word_training.run import NEIGHBOURS, WordTrainingResult
from app.provenance.origin import Plotted, computed
from models.language.word_vectors import cosine, cosines, nearest
from models.linear.principal_components import principal_components, projected
from visualizers.curve import apart, curves
from visualizers.marks import reference_line
from visualizers.theme import ACCENT, SERIES
from visualizers.word_map import class_colours, neighbour_bars, word_map

PURITY, COSINE = "purity", "mean cosine"
BARS = 8


def figures(result: WordTrainingResult, metrics: Measurements) -> Figures:
    return {
        "map": _map(result, metrics),
        "purity": _purity(result, metrics),
        "neighbours": _neighbours(result, metrics),
    }


def _map(result: WordTrainingResult, metrics: Measurements) -> Figure:
    shown = result.progress.shown
    axes = principal_components(shown[-1].vectors.nan_to_num(), 2)
    positions = torch.stack([projected(one.vectors, axes) for one in shown])
    near = torch.stack([nearest(cosines(one.vectors).nan_to_num(), NEIGHBOURS)[result.picked] for one in shown])
    classes = {name: (result.words.classes == at).numpy() for at, name in enumerate(CLASS_NAMES)}
    own = CLASS_NAMES[int(result.words.classes[result.picked])]
    same = sum(int(result.words.classes[one] == result.words.classes[result.picked]) for one in near[-1].tolist())
    word = result.words.names[result.picked]
    return Figure(
        title=f"{len(result.words.names)} words during training",
        caption=(
            "A dot per word, a colour per class. No class is told to the training."
            f" {{trace:lines to the neighbours|Lines}} join “{word}” to its {NEIGHBOURS} nearest words, found in all"
            " 32 dimensions."
        ),
        text=(
            f"After {result.progress.step} steps, {same} of the {NEIGHBOURS} nearest words of “{word}” are of its"
            f" class, {own}. The map keeps {float(axes.shares.sum()):.0%} of the variance of the 32 dimensions."
        ),
        plot=word_map(
            positions.numpy(), words=result.words.names,
            classes={name: mine for name, mine in classes.items() if mine.any()}, picked=result.picked,
            neighbours=near.numpy(), frames=list(map(str, result.progress.shown_steps)), start=len(shown) - 1,
            sets="word",
        ),
        height=420,
        steps="step",
        start=len(shown) - 1,
    )  # fmt: skip


def _purity(result: WordTrainingResult, metrics: Measurements) -> Figure:
    progress = result.progress
    lines = {
        PURITY: torch.tensor([one.purity for one in progress.snapshots]),
        COSINE: torch.tensor([one.mean_cosine for one in progress.snapshots]),
    }
    drawn = curves(
        np.array(progress.taken), {name: line.numpy() for name, line in lines.items()}, x_title="step",
        y_range=(-0.05, 1.05), markers=True, room=92, colours={PURITY: ACCENT, COSINE: SERIES[1]},
    )  # fmt: skip
    drawn.update_xaxes(range=[0, progress.steps]).add_shape(reference_line(y=metrics["chance_purity"]))
    return Figure(
        title="Purity of the neighbours, and how alike all words are",
        caption=(
            f"{{trace:{PURITY}|Purity}}: share of a word’s {NEIGHBOURS} nearest words that are of its class; dotted:"
            f" chance. {{trace:{COSINE}|Mean cosine}} of two random words: near 1, all vectors point the same way."
        ),
        text=(
            f"Purity is {metrics['purity']:.0%} after {progress.step} steps; it was"
            f" {metrics['purity_before_training']:.0%} before training, and chance is {metrics['chance_purity']:.0%}."
            f" The mean cosine is {metrics['mean_cosine']:.2f}."
        ),
        plot=apart(drawn, 230),
        height=280,
        half=True,
        sources=[Plotted(line, trace=name) for name, line in lines.items()],
    )


def _neighbours(result: WordTrainingResult, metrics: Measurements) -> Figure:
    vectors = result.progress.newest.vectors
    near = nearest(cosines(vectors).nan_to_num(), BARS)[result.picked]
    values = computed(cosine, u=vectors[result.picked].expand(BARS, -1), v=vectors[near])
    word, best = result.words.names[result.picked], int(near[0])
    return Figure(
        title=f"Nearest words of “{word}”",
        caption="Cosine between the vectors. Click a word to look at it.",
        text=f"The nearest word is “{result.words.names[best]}”, with a cosine of {float(values.tensor[0]):.2f}.",
        plot=neighbour_bars(
            values.tensor.numpy(), [result.words.names[at] for at in near.tolist()],
            [CLASS_NAMES[int(result.words.classes[at])] for at in near.tolist()],
            class_colours([name for at, name in enumerate(CLASS_NAMES) if (result.words.classes == at).any()]),
            sets="word",
        ),
        height=280,
        half=True,
        sources=[Plotted(values, trace="cosine")],
    )  # fmt: skip
