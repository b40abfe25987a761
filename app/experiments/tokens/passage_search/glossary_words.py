"""The words of this glossary, to be searched."""

from typing import NamedTuple

from app.experiments.memo import memo
from glossary import reader
from glossary.search import fold
from glossary.stems import STOP, stem
from models.retrieval.bm25 import Lexical, lexical
from models.retrieval.latent_semantic import LatentSpace, latent_space

DIMENSIONS = 64


class Glossary(NamedTuple):
    """The entries' own words."""

    titles: tuple[str, ...]
    first: tuple[str, ...]  # title and first sentence
    words: Lexical
    space: LatentSpace


def terms(text: str) -> list[str]:
    return [stem(word) for word in fold(text) if word not in STOP]


@memo
def glossary() -> Glossary:
    entries = list(reader.entries().values())
    texts = [
        terms(f"{e.title} {e.title} {' '.join(e.aliases)} {e.definition} {e.purpose} {e.details}") for e in entries
    ]
    words = lexical(texts)
    return Glossary(
        tuple(e.title for e in entries),
        tuple(f"{e.title}: {e.definition.split('. ')[0].replace('*', '')}" for e in entries),
        words,
        latent_space(words.counts, DIMENSIONS),
    )
