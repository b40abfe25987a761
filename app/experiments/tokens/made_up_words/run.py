"""Frequent, rare and made-up words in pieces, and which of them three trained models can repeat."""

from typing import Literal, NamedTuple

from pydantic import Field

from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.tokens.readers import Answer, Asked, answers, made_up_words, repeated_right
from models.data.cut_lines import ALPHABET, KINDS, LINES, PIECES, Kind, cut_of
from models.data.dice import Dice
from models.data.spelling_lines import LETTERS, drawn, lines, say, words
from models.parameter_count import parameter_count
from models.tokenization.cuts import Cut, subwords, word_counts
from models.tokenization.other_cuts import other_cut
from models.training.text_cuts import pretrained

WORD, LONGEST, SHOWN, EXAMPLES, QUESTIONS = "toweran", 8, 7, 5, 96
FREQUENT = RARE = 50
MOST_PIECES = 6

Where = Literal["as learned", "the word cut otherwise", "the other word cut otherwise"]
Counted = Literal["as often as they occur", "once each", "in another text"]


class MadeUpWordsControls(Controls):
    word: Sentence = Field(WORD, title="Your word", description=f"Up to {LONGEST} letters from a to z, best no word")
    reader: Kind = Field("pieces", title="Model that is asked", description="What its tokens are")
    cut: Where = Field("as learned", title="Cut of the words", description="Other cuts use pieces that exist")
    counted: Counted = Field("as often as they occur", title="Pieces are learned from words")
    training: int = Field(
        0, ge=0, le=2, title="Training", description="Which of three trainings", json_schema_extra=MORE
    )


class MadeUpWordsResult(NamedTuple):
    controls: MadeUpWordsControls
    shown: dict[str, list[tuple[str, list[str]]]]  # kind of word → words with their pieces
    frequent_pieces: float  # per word
    rare_pieces: float
    made_up: dict[int, list[bool]]  # pieces of a made-up word → whether each was repeated, by the reader
    known: dict[int, list[bool]]  # the same of words of the training text, by the model that reads pieces
    examples: list[tuple[str, dict[Kind, Answer]]]
    parameters: int
    notices: tuple[str, ...]


@memo
def pieces_learned(counted: Counted) -> Cut:
    """The pieces of the trained model, or those that other counts give."""
    if counted == "as often as they occur":
        return cut_of("pieces")
    texts = (line.text for line in lines(LINES, 1 if counted == "in another text" else 0))
    counts = word_counts(texts)
    return subwords(ALPHABET, dict.fromkeys(counts, 1) if counted == "once each" else counts, PIECES)


def cut_words(asked: list[str], others: list[str], where: Where, kind: Kind, dice: Dice) -> list[Asked]:
    """The words in the pieces in which a model reads them."""
    cut, found = cut_of(kind), []
    for word, other in zip(asked, others):
        pieces = [cut.pieces(word), cut.pieces(other)]
        if kind == "pieces" and where != "as learned":
            at = 0 if where == "the word cut otherwise" else 1
            pieces[at] = list(other_cut(f" {(word, other)[at]}", tuple(pieces[at]), cut.rank, dice))
        found.append(Asked(*pieces))
    return found


@memo
def repeated(kind: Kind, made_up: bool, where: Where, seed: int, training: int, device: str) -> dict[int, list[bool]]:
    """Whether words are repeated, by the number of pieces in which the model of pieces reads them."""
    dice = Dice(f"repeated {made_up} {seed}")
    asked = made_up_words(seed) if made_up else [drawn(dice, words()) for _ in range(QUESTIONS)]
    rows = cut_words(asked, [drawn(dice, words()) for _ in asked], where, kind, dice)
    found: dict[int, list[bool]] = {}
    for word, row, right in zip(asked, rows, repeated_right(kind, rows, training, device)):
        count = len(row.word) if kind == "pieces" else len(cut_of("pieces").pieces(word))
        found.setdefault(min(count, MOST_PIECES), []).append(right)
    return found


def letters_only(text: str) -> str:
    """The word that is asked: the letters of what was typed, in small ones."""
    return "".join(one for one in text.lower() if one in LETTERS)[:LONGEST]


def run(controls: MadeUpWordsControls, device: str) -> MadeUpWordsResult:
    c = controls
    cut, dice = pieces_learned(c.counted), Dice(f"shown {c.seed}")
    word, made_up = letters_only(c.word) or WORD, made_up_words(c.seed)
    groups = {
        "frequent": words()[:SHOWN],
        "rare": dice.some(words()[-RARE:], SHOWN),
        "made up": [word, *made_up[: SHOWN - 1]],
    }
    pieces = lambda among: sum(len(cut.pieces(one)) for one in among) / len(among)
    asked = [word, *made_up[: EXAMPLES - 1]]
    given = tuple(say([one, words()[at]]) for at, one in enumerate(asked))
    written = {kind: answers(kind, given, c.training, device) for kind in KINDS}
    return MadeUpWordsResult(
        c,
        {name: [(one, cut.pieces(one)) for one in group] for name, group in groups.items()},
        pieces(words()[:FREQUENT]),
        pieces(words()[-RARE:]),
        repeated(c.reader, True, c.cut, c.seed, c.training, device),
        repeated("pieces", False, c.cut, c.seed, c.training, device),
        [(one, {kind: _first(written[kind][at], one) for kind in KINDS}) for at, one in enumerate(asked)],
        sum(parameter_count(pretrained(kind, c.training, device)) for kind in KINDS),
        (f"word: read as “{word}”",) if word != c.word else (),
    )


def _first(answer: Answer, word: str) -> Answer:
    """The first of the words that were written."""
    written = answer.written.split()[0] if answer.written.split() else "nothing"
    return Answer(written, written == word)


def share(found: dict[int, list[bool]], low: int = 0, high: int = MOST_PIECES) -> float:
    """The share of words in ``low`` to ``high`` pieces that are repeated; not a number where there are none."""
    each = [right for count, rights in found.items() if low <= count <= high for right in rights]
    return sum(each) / len(each) if each else float("nan")


def measure(result: MadeUpWordsResult) -> Measurements:
    return {
        "made_up_repeated_share": share(result.made_up),
        "known_repeated_share": share(result.known),
        "few_pieces_repeated_share": share(result.made_up, high=3),
        "many_pieces_repeated_share": share(result.made_up, low=5),
        "frequent_word_pieces": result.frequent_pieces,
        "rare_word_pieces": result.rare_pieces,
        "more_pieces_of_rare_words": result.rare_pieces - result.frequent_pieces,
        "pieces_of_your_word": len(result.shown["made up"][0][1]),
    }
