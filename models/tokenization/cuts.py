"""The same text cut into characters, into pieces of words, or into whole words: three vocabularies of one text.

Source: Mielke et al. 2021, "Between words and characters: A Brief History of Open-Vocabulary Modeling and Tokenization
in NLP" (words, characters, and what lies between them).

A space belongs to the word behind it. A word that a cut does not know falls into its characters.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from models.tokenization.byte_pair_encoding import Pair, Pieces, encode, learned, ranks, vocabulary


def words_of(text: str) -> list[str]:
    """What stands between single spaces, each with one in front of it."""
    return [f" {word}" for word in text.split()]


def word_counts(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in words_of(text))


@dataclass(frozen=True)
class Cut:
    """How texts of one kind are cut: by ``merges`` in their order, but words in ``whole`` at once.

    ``alphabet`` are the characters; the last token is padding.
    """

    alphabet: str
    merges: tuple[Pair, ...] = ()
    whole: tuple[str, ...] = ()

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The vocabulary; the place of a token is its id."""
        return (*dict.fromkeys([*vocabulary(self.alphabet, self.merges), *self.whole]), "")

    @cached_property
    def number(self) -> Mapping[str, int]:
        return {token: at for at, token in enumerate(self.tokens)}

    @cached_property
    def rank(self) -> Mapping[Pair, int]:
        return ranks(self.merges)

    @cached_property
    def _known(self) -> dict[str, Pieces]:
        return {word: (word,) for word in self.whole}

    def pieces(self, text: str) -> list[str]:
        """The tokens of a text, as strings that give it again."""
        known = self._known
        return [piece for word in words_of(text) for piece in known.get(word) or self._cut(word)]

    def _cut(self, word: str) -> Pieces:
        return encode(word, self.rank)

    def ids(self, text: str) -> list[int]:
        """The ids of a text; raises KeyError at a character that is not of the alphabet."""
        return [self.number[piece] for piece in self.pieces(text)]

    def text(self, ids: Iterable[int]) -> str:
        return "".join(self.tokens[i] for i in ids).strip()


def characters(alphabet: str) -> Cut:
    return Cut(alphabet)


def subwords(alphabet: str, counts: Mapping[str, int], size: int) -> Cut:
    """Byte pair encoding learned of words with these counts, up to ``size`` tokens."""
    return Cut(alphabet, tuple(merge.pair for merge in learned(counts, size - len(alphabet) - 1)))


def whole_words(alphabet: str, counts: Mapping[str, int]) -> Cut:
    """Every word that the counts name is a token."""
    return Cut(alphabet, whole=tuple(sorted(counts)))
