"""A map in three dimensions that turns, the neighbours of a word, one analogy, and all analogies with baselines."""

import math

import numpy as np
import torch
from torch.nn.functional import normalize

from app.experiments.base import Figure, Figures, Measurements
from app.experiments.tokens.word_choice import CLASS_NAMES
from app.experiments.tokens.word_vectors.run import NEIGHBOURS, WordVectorsResult
from app.provenance.origin import Plotted, computed
from models.language.word_vectors import cosine
from models.linear.principal_components import projected, turned
from models.tokenization.tokenizer import ids_of, labels
from visualizers.truth_bars import truth_bars
from visualizers.word_map import class_colours, neighbour_bars, word_map

ANGLES = 18
BARS = 6


def figures(result: WordVectorsResult, metrics: Measurements) -> Figures:
    return {"map": _map(result, metrics), "analogy": _analogy(result), "accuracy": _accuracy(result, metrics)}


def _map(result: WordVectorsResult, metrics: Measurements) -> Figure:
    points = projected(result.vectors, result.components)
    turns = torch.stack([turned(points, 2 * math.pi * at / ANGLES) for at in range(ANGLES)])  # (S, M, 3)
    far, near = turns[..., 2].min(), turns[..., 2].max()
    word, own = result.words.names[result.picked], int(result.words.classes[result.picked])
    neighbours = result.near[result.picked]
    same = int((result.words.classes[neighbours] == own).sum())
    names = ", ".join(f"“{result.words.names[at]}”" for at in neighbours.tolist())
    classes = {name: (result.words.classes == at).numpy() for at, name in enumerate(CLASS_NAMES)}
    return Figure(
        title=f"{len(result.words.names)} words in three of 32 dimensions",
        caption=(
            "Play to turn the map; near words are larger. {trace:lines to the neighbours|Lines} join"
            f" “{word}” to its {NEIGHBOURS} nearest words, found in all 32 dimensions."
        ),
        text=(
            f"The nearest words of “{word}” are {names}; {same} of {NEIGHBOURS} are of its class,"
            f" {CLASS_NAMES[own]}. The three directions keep {metrics['kept_variance_share']:.0%} of the variance."
        ),
        plot=word_map(
            turns[..., :2].numpy(), words=result.words.names,
            classes={name: mine for name, mine in classes.items() if mine.any()}, picked=result.picked,
            neighbours=neighbours.expand(ANGLES, -1).numpy(),
            frames=[f"{round(360 * at / ANGLES)}°" for at in range(ANGLES)], start=0, sets="word",
            depth=((turns[..., 2] - far) / (near - far).clamp_min(1e-9)).numpy(),
        ),
        height=420,
        steps="angle",
        start=0,
    )  # fmt: skip


def _analogy(result: WordVectorsResult) -> Figure:
    c = result.controls
    scores = normalize(result.table, dim=1) @ normalize(result.answer, dim=0)
    asked = [ids_of(word)[0] for word in (c.a, c.b, c.c)]
    if not c.own_words:
        scores[asked] = -math.inf
    best = scores.topk(BARS).indices
    values = computed(cosine, u=result.answer.expand(BARS, -1), v=result.table[best])
    kinds = {int(token): CLASS_NAMES[int(of)] for token, of in zip(result.words.ids, result.words.classes)}
    named = [labels()[token] for token in best.tolist()]
    return Figure(
        title=f"{c.a} is to {c.b} as {c.c} is to …",
        caption=f"Words nearest to {c.b} − {c.a} + {c.c}, by cosine.",
        text=f"The answer is “{named[0]}”, with a cosine of {float(values.tensor[0]):.2f}.",
        plot=neighbour_bars(
            values.tensor.numpy(), named, [kinds.get(token, "other") for token in best.tolist()],
            class_colours((*CLASS_NAMES[:-1], "other", CLASS_NAMES[-1])) | class_colours(CLASS_NAMES), sets="word",
        ),
        height=280,
        half=True,
        sources=[Plotted(values, trace="cosine")],
    )  # fmt: skip


def _accuracy(result: WordVectorsResult, metrics: Measurements) -> Figure:
    names = {
        "offset": "offset",
        "offset, own words allowed": "own words<br>allowed",
        "nearest to c": "nearest<br>to c",
        "nearest to b": "nearest<br>to b",
        "random offset": "random<br>offset",
    }
    values = np.array([result.accuracy[name] for name in names])
    drawn = truth_bars({"right answers": values}, labels=list(names), y_range=(0, 1.14))
    drawn.update_xaxes(tickmode="array", tickvals=list(range(len(names))), ticktext=list(names.values()), tickangle=0)
    return Figure(
        title=f"Right answers to all {len(result.asked)} analogies of the roles, share",
        caption=(
            "{trace:right answers|Offset}: b − a + c, without the words of the question. Then with them, and three"
            " baselines: the word nearest to c, that nearest to b, and c moved by the offset of two random words."
        ),
        text=(
            f"The offset finds {metrics['analogy_accuracy']:.0%}, and {metrics['own_words_accuracy']:.0%} if the"
            f" question’s own words may win. The nearest word to c is right in {metrics['nearest_to_c_accuracy']:.0%},"
            f" a random offset in {metrics['random_offset_accuracy']:.0%}."
        ),
        plot=drawn,
        height=280,
        half=True,
        sources=[Plotted(torch.from_numpy(values), trace="right answers")],
    )
