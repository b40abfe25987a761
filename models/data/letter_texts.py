"""Texts of the tiny world in small letters: as they are, with the letters of each word shuffled, or with the words.

Both shuffles are drawn anew for each word and each text. Shuffled letters leave nothing to learn inside a word,
shuffled words nothing between them.
"""

from collections.abc import Iterator
from typing import Literal

from models.data.corpus import documents
from models.data.dice import Dice

Order = Literal["as written", "letters shuffled", "words shuffled"]
KINDS = dict.fromkeys(
    ("told", "asked", "context_facts", "moves", "stories", "pronouns", "agreement", "roles", "paraphrases", "homonyms",
     "note"), 1.0,
)  # fmt: skip
ALPHABET = " .:?abcdefghijklmnopqrstuvwxyz"


def texts(order: Order, seed: int) -> Iterator[str]:
    """Texts without end, of letters and a few signs."""
    dice = Dice(f"letter texts {order} {seed}")
    for document in documents(KINDS, seed):
        words = "".join(one for one in document.lower() if one in ALPHABET).split()
        if order == "letters shuffled":
            words = ["".join(dice.some(word, len(word))) for word in words]
        if order == "words shuffled":
            words = dice.some(words, len(words))
        yield " ".join(words)


def windows(order: Order, seed: int, count: int, length: int) -> list[str]:
    """``count`` pieces of running text of at most ``length`` characters, cut between words."""
    found: list[str] = []
    running = ""
    for text in texts(order, seed):
        running += f" {text}"
        while len(running) > length and len(found) < count:
            end = running.rindex(" ", 1, length + 1)
            found.append(running[1:end])
            running = running[end:]
        if len(found) == count:
            break
    return found
