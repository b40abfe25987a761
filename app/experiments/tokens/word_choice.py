"""Which word of the tiny world a page on word vectors looks at: a control that a click on a map sets."""

from typing import Literal

from models.data.kinds.grammar import ROLES
from models.data.word_classes import LISTED
from models.data.word_vector_text import SHOWN_CLASSES, Words

CLASS_NAMES = (*SHOWN_CLASSES, "role")
"""Of ``Words.classes``."""

CHOICES = tuple(word for name in SHOWN_CLASSES for word in LISTED[name]) + tuple(w for pair in ROLES for w in pair)

Word = Literal[CHOICES]  # type: ignore[valid-type]  # the words are listed elsewhere


def place_of(word: str, shown: Words) -> int:
    """Where the word stands among those looked at; the first of them, if the text has it too seldom."""
    return shown.names.index(word) if word in shown.names else 0


def notices_of(word: str, shown: Words) -> list[str]:
    """A line for the reader where another word is shown."""
    if word in shown.names:
        return []
    return [f"word: “{word}” is not among the words looked at here; “{shown.names[0]}” is shown instead"]
