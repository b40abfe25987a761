"""A trained table of word vectors: a map in three dimensions, a word's neighbours, and analogies with baselines."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements
from app.experiments.tokens.word_choice import Word, notices_of, place_of
from models.data.word_vector_text import PAIRS, Order, Words, words
from models.language.rescaled_tables import rotated
from models.language.word_vectors import (
    analogy_accuracy,
    closest_words,
    cosine,
    cosines,
    nearest,
    offset_answer,
    purity,
)
from models.linear.principal_components import Components, principal_components
from models.seeding import generator
from models.tokenization.tokenizer import VOCABULARY, ids_of
from models.training.word_vectors import TRAININGS, pretrained, role_questions

NEIGHBOURS = 5
BASIS = 3

ROLES = tuple(word for pair in PAIRS for word in pair)
Role = Literal[ROLES]  # type: ignore[valid-type]  # listed elsewhere


class WordVectorsControls(Controls):
    word: Word = Field("king", title="Word", description="Its neighbours are shown")
    order: Literal["as written", "partners exchanged", "pairs exchanged"] = Field("as written", title="Text")
    a: Role = Field("man", title="a", description="a is to b as c is to …")
    b: Role = Field("king", title="b")
    c: Role = Field("woman", title="c")
    own_words: bool = Field(False, title="a, b, c may win", description="The answer may be a word of the question")
    rotation: bool = Field(False, title="Rotate all 32 dimensions", json_schema_extra=MORE)


class WordVectorsResult(NamedTuple):
    controls: WordVectorsControls
    words: Words
    vectors: Tensor  # (M, D) of the words looked at
    picked: int
    near: Tensor  # (M, NEIGHBOURS)
    components: Components
    answer: Tensor  # (D,) x_b − x_a + x_c
    table: Tensor  # (V, D)
    asked: Tensor  # (A, 4)
    parallel: Tensor  # (pairs, pairs) cosines of the offsets of the role pairs
    accuracy: dict[str, float]  # how the answer is found → share of right ones
    notices: list[str]
    parameters: int = 2 * VOCABULARY * 32


def role_offsets(X: Tensor) -> Tensor:
    """Second minus first word of every role pair, (6, D)."""
    first, second = torch.tensor([[ids_of(word)[0] for word in pair] for pair in PAIRS]).T
    return X[second] - X[first]


def random_offsets(asked: Tensor, shown: Words, seed: int) -> Tensor:
    """The questions with two random words of the classes in place of a and b, (A, 4)."""
    listed = shown.ids[shown.classes < shown.classes.max()]
    draws = generator(seed)
    other = torch.stack([torch.randperm(len(listed), generator=draws)[:2] for _ in asked])
    return torch.cat([listed[other], asked[:, 2:]], dim=1)


def accuracies(X: Tensor, asked: Tensor, shown: Words, seed: int) -> dict[str, float]:
    """Share of right answers by the offset, with the question's words and without, and by three baselines."""
    _, b, c, d = asked.T
    excluded = asked[:, :3]
    moved = random_offsets(asked, shown, seed)
    return {
        "offset": analogy_accuracy(X, asked, excluded).item(),
        "offset, own words allowed": analogy_accuracy(X, asked, asked[:, :0]).item(),
        "nearest to c": (closest_words(X, X[c], excluded) == d).double().mean().item(),
        "nearest to b": (closest_words(X, X[b], excluded) == d).double().mean().item(),
        "random offset": analogy_accuracy(X, moved, moved[:, :3]).item(),
    }


def run(controls: WordVectorsControls, device: str) -> WordVectorsResult:
    """On the CPU whatever the device: two hundred words are few."""
    c, training = controls, controls.seed % TRAININGS
    order: Order = c.order
    shown, table = words(training), pretrained(order, training).vectors
    if c.rotation:
        table, _ = rotated(table, table, generator(c.seed))
    X, asked = table[shown.ids], role_questions()
    a, b, third = (torch.tensor(ids_of(word)) for word in (c.a, c.b, c.c))
    offsets = role_offsets(table)
    return WordVectorsResult(
        c, shown, X, place_of(c.word, shown), nearest(cosines(X), NEIGHBOURS), principal_components(X, BASIS),
        offset_answer(table, a, b, third)[0], table, asked, cosines(offsets),
        accuracies(table, asked, shown, c.seed), notices_of(c.word, shown),
    )  # fmt: skip


def measure(result: WordVectorsResult) -> Measurements:
    listed = result.words.classes < result.words.classes.max()
    rows, found = result.vectors[listed], result.accuracy
    pairs = len(result.parallel)
    return {
        "analogy_accuracy": found["offset"],
        "own_words_accuracy": found["offset, own words allowed"],
        "nearest_to_c_accuracy": found["nearest to c"],
        "random_offset_accuracy": found["random offset"],
        "gain_over_baselines": found["offset"] - max(v for name, v in found.items() if not name.startswith("offset")),
        "parallel_offsets_cosine": (result.parallel.sum().item() - pairs) / (pairs * (pairs - 1)),
        "purity": purity(nearest(cosines(rows), NEIGHBOURS), result.words.classes[listed]).mean().item(),
        "kept_variance_share": result.components.shares.sum().item(),
        "word_and_nearest_cosine": cosine(
            result.vectors[result.picked], result.vectors[result.near[result.picked, 0]]
        ).item(),
    }
