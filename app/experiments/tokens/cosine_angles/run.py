"""Two arrows in the plane, and a trained table of words: what cosine, dot product and distance call near."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.memo import memo
from app.experiments.points import Points, read_points
from app.experiments.tokens.word_choice import Word, notices_of, place_of
from models.data.word_vector_text import Words, words
from models.language.rescaled_tables import factors, predictions, rescaled, rotated
from models.language.word_vectors import MEASURES, cosines, mean_cosine, nearest, purity
from models.linear.principal_components import centred
from models.seeding import generator
from models.tokenization.tokenizer import VOCABULARY
from models.training.word_vectors import TRAININGS, Tables, pretrained

NEIGHBOURS = 5
CHECKED = 256
"""Words whose predictions are compared before and after a change of the tables."""

BLUE, ORANGE = (2.4, 0.9), (0.75, 2.1)
"""The arrows that stand where nobody has set another."""


class CosineAnglesControls(Controls):
    arrows: Points = Field("", title="Arrows", description="The last blue and the last orange point")
    word: Word = Field("Rome", title="Word")
    table: Literal["as trained", "rescaled", "rotated"] = Field(
        "as trained", title="Table", description="All three predict the same"
    )
    strength: float = Field(
        2.0, ge=0, le=3, multiple_of=0.25, title="Strength of the rescaling", json_schema_extra=MORE
    )
    offset: float = Field(
        0.0, ge=0, le=3, multiple_of=0.25, title="Common offset", description="In mean lengths of a vector"
    )
    centre: bool = Field(False, title="Centred", description="Subtract the mean vector")
    length: Literal["as trained", "all 1"] = Field("as trained", title="Lengths")


class CosineAnglesResult(NamedTuple):
    controls: CosineAnglesControls
    arrows: Tensor  # (2, 2)
    words: Words  # of the classes
    vectors: Tensor  # (M, D)
    picked: int
    near: dict[str, Tensor]  # measure → (M, NEIGHBOURS)
    trained_near: Tensor  # (M, NEIGHBOURS) by cosine in the table as it was trained
    prediction_change: float  # largest change of a probability by the change of the tables
    notices: list[str]
    parameters: int = 2 * VOCABULARY * 32


@memo
def tables(kind: str, strength: float, seed: int) -> Tables:
    """The trained tables, changed so that all predictions stay."""
    own = pretrained("as written", seed % TRAININGS)
    if kind == "rescaled":
        return Tables(*rescaled(own.vectors, own.contexts, factors(own.vectors.shape[1], strength, generator(seed))))
    return Tables(*rotated(own.vectors, own.contexts, generator(seed))) if kind == "rotated" else own


def two_arrows(points: str) -> Tensor:
    """(2, 2) The last point of each class, or the arrow that stands there at first."""
    added, found = read_points(points), []
    for label, first in enumerate((BLUE, ORANGE)):
        own = added.points[added.labels == label]
        found.append(own[-1] if len(own) else torch.tensor(first))
    return torch.stack(found)


def run(controls: CosineAnglesControls, device: str) -> CosineAnglesResult:
    """On the CPU whatever the device: two hundred words are few."""
    c, training = controls, controls.seed % TRAININGS
    every = words(training)
    listed = every.classes < every.classes.max()
    shown = Words(
        every.ids[listed], every.classes[listed], tuple(n for n, of in zip(every.names, listed.tolist()) if of)
    )
    trained, changed = pretrained("as written", training), tables(c.table, c.strength, c.seed)
    X = changed.vectors[shown.ids]
    direction = torch.randn(X.shape[1], generator=generator(c.seed))
    X = X + c.offset * X.norm(dim=1).mean() * direction / direction.norm()
    X = centred(X) if c.centre else X
    X = X / X.norm(dim=1, keepdim=True) if c.length == "all 1" else X
    before, after = (predictions(one.vectors[:CHECKED], one.contexts) for one in (trained, changed))
    return CosineAnglesResult(
        c, two_arrows(c.arrows), shown, X, place_of(c.word, shown),
        {name: nearest(measure(X), NEIGHBOURS) for name, measure in MEASURES.items()},
        nearest(cosines(trained.vectors[shown.ids]), NEIGHBOURS), (after - before).abs().max().item(),
        notices_of(c.word, shown),
    )  # fmt: skip


def disagreement(one: Tensor, other: Tensor) -> float:
    """Share of words whose nearest word differs, for neighbours (M, K)."""
    return (one[:, 0] != other[:, 0]).double().mean().item()


def measure(result: CosineAnglesResult) -> Measurements:
    near = result.near
    return {
        "cosine_purity": purity(near["cosine"], result.words.classes).mean().item(),
        "changed_nearest_share": disagreement(near["cosine"], result.trained_near),
        "prediction_change": result.prediction_change,
        "dot_disagreement_share": disagreement(near["cosine"], near["dot product"]),
        "distance_disagreement_share": disagreement(near["cosine"], near["distance"]),
        "mean_cosine": mean_cosine(result.vectors).item(),
    }
