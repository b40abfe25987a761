"""The tokenizer of a published model: the same calls, and the same labels on an axis, as the tiny world's own."""

import functools
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Tokenizer

from models.real.damaged import DamagedFile
from models.tokenization.tokenizer import Encoded, byte_alphabet, label, shown

FEW_WORDS = 100


class Vocabulary:
    """Text to token ids and back; ``byte_level`` tells GPT-2's kind from BERT's word pieces."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    @property
    def size(self) -> int:
        """One more than the highest id, special tokens included."""
        return 1 + max(self._tokenizer.get_vocab(with_added_tokens=True).values())

    def encode(self, text: str, limit: int | None = None, field: str = "text") -> Encoded:
        """Token ids of a text, at most ``limit`` of them, special tokens not included; cut after a whole character.

        Raises ValueError, naming ``field``, where there is nothing to encode.
        """
        if not text:
            raise ValueError(f"{field}: type at least one character")
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise ValueError(f"{field}: holds half of a surrogate pair, which is no character")
        read = text if limit is None else text[: self._longest * (limit + 1)]
        encoding = self._tokenizer.encode(read, add_special_tokens=False)
        ids, offsets = encoding.ids, encoding.offsets
        if limit is None or len(ids) <= limit:
            return Encoded(ids, self.pieces(ids), None)
        keep = limit
        while keep and offsets[keep][0] < offsets[keep - 1][1]:  # the cut would part the bytes of one character
            keep -= 1
        return Encoded(ids[:keep], self.pieces(ids[:keep]), offsets[keep][0])

    def with_ends(self, text: str) -> list[int]:
        """The ids between the special tokens that the model was trained with: [CLS] … [SEP] for BERT."""
        return list(self._tokenizer.encode(text).ids)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of the ids."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=False))

    def pieces(self, ids: Iterable[int]) -> list[str]:
        """Each token as a label; the first word of a text, with no space before it, is shown as a word."""
        found = [self.label(i) for i in ids]
        return [found[0].removeprefix("·") or found[0], *found[1:]] if found else found

    def words(self) -> list[int]:
        """The tokens that spell a word of at least three letters behind a space; all, where those are few."""
        words = [token for token, label in sorted(self._labels.items()) if len(label) > 2 and label.isalpha()]
        return words if len(words) >= FEW_WORDS else sorted(self._labels)

    def label(self, token: int) -> str:
        """A token as it is shown on an axis; a number past the vocabulary, which some models have, by itself."""
        return self._labels.get(token, f"⟨{token}⟩")

    @functools.cached_property
    def _labels(self) -> dict[int, str]:
        """The label of every token of the vocabulary."""
        bytes_of = {character: byte for byte, character in byte_alphabet().items()}
        special = {token.content for token in self._tokenizer.get_added_tokens_decoder().values()}
        word_pieces = type(self._tokenizer.model).__name__ == "WordPiece"

        def labelled(name: str) -> str:
            if name in special:
                return name
            if word_pieces:
                return "·" + name.removeprefix("##") if name.startswith("##") else "".join(map(shown, name))
            return label(bytes(bytes_of[character] for character in name))

        return {number: labelled(name) for name, number in self._tokenizer.get_vocab().items()}

    @functools.cached_property
    def _longest(self) -> int:
        """Characters of the longest token, so that a pasted book costs no more than a page."""
        return max(map(len, self._tokenizer.get_vocab()))


def read_vocabulary(path: Path, limit: int | None = None) -> Vocabulary:
    """The tokenizer in a tokenizer.json, for a model with a table of ``limit`` tokens; raises DamagedFile."""
    try:
        found = Vocabulary(Tokenizer.from_file(str(path)))
    except Exception as error:  # the library raises bare Exception
        raise DamagedFile(path, f"cannot be read ({error})") from error
    if limit is not None and found.size > limit:
        raise DamagedFile(path, f"does not fit the model: it has {found.size} tokens, the model {limit}")
    return found
