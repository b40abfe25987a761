"""One text in several cuts, one sentence in nine languages, and what trained models know of the letters of a word."""

from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field

from app.experiments.base import MORE, Badge, Controls, Measurements, OneOf, Sentence
from app.experiments.text_model import HOW_TO_GET, TINY
from app.experiments.tokens.readers import Answer, answers, share_right, spelling
from app.experiments.tokens.segmentation.cuts import (
    Cut,
    Learned,
    by_vocabulary,
    in_pieces,
    merges,
    offered,
    visible,
    world_words,
)
from models.data.cut_lines import KINDS, Kind
from models.data.one_sentence import ARTICLE
from models.parameter_count import parameter_count
from models.tokenization import byte_pair_encoding as bpe
from models.tokenization import tokenizer
from models.tokenization.pre_tokenization import Digits, letters_shown, words
from models.training.text_cuts import pretrained

TEXT = "the goat reads 2047 unbelievable cafés 🙂"

LONGEST, EXAMPLES = 120, 6

Asked = Literal["never spelt in training", "spelt in training", "letters stated first", "after another line"]


def _there(name: str) -> str:
    if name not in offered():
        raise ValueError(f"takes one of {', '.join(offered())} ({HOW_TO_GET})")
    return name


class SegmentationControls(Controls):
    text: Sentence = Field(TEXT, title="Your text", description=f"Any script, up to {LONGEST} characters")
    vocabulary: Annotated[str, OneOf(offered), AfterValidator(_there)] = Field(
        TINY, title="A model's vocabulary", description=HOW_TO_GET
    )
    digits: Digits = Field("together", title="Digits", description="Where pieces of numbers may be learned")
    space: Literal["as typed", "one more in front"] = Field("as typed", title="Spaces")
    learned_from: Learned = Field("tiny-world English", title="BPE is learned from")
    asked: Asked = Field("never spelt in training", title="Words that the models spell")
    training: int = Field(
        0, ge=0, le=2, title="Training", description="Which of three trainings", json_schema_extra=MORE
    )

    @property
    def published(self) -> bool:
        return self.vocabulary != TINY

    @property
    def badge(self) -> Badge | None:
        return "published weights" if self.published else None


class SegmentationResult(NamedTuple):
    controls: SegmentationControls
    text: str
    cuts: list[Cut]
    languages: dict[str, dict[str, int]]  # cut → language → tokens of the sentence
    number_cuts: int  # in how many ways the merges cut numbers of three digits
    spelling: dict[Kind, float]  # share of words that a model spells without a mistake
    examples: list[tuple[str, dict[Kind, Answer]]]  # word → what the models write
    parameters: int
    notices: tuple[str, ...]


def cuts_of(text: str, c: SegmentationControls) -> list[Cut]:
    known = world_words(c.seed)
    parts = words(text, c.digits)
    outside = [part for part in parts if part.strip() and part.strip() not in known]
    learned = merges(c.learned_from, c.digits, c.seed)
    own = in_pieces(text, learned, c.digits)
    ids = {piece: at for at, piece in enumerate(bpe.vocabulary(sorted(tokenizer.byte_alphabet().values()), learned))}
    return [
        Cut("characters", [visible(one) for one in text], [ord(one) for one in text]),
        Cut("bytes", [f"{byte:02X}" for byte in text.encode()], list(text.encode())),
        Cut("words", [visible(part) if part not in outside else "[UNK]" for part in parts], [], len(outside)),
        Cut("BPE", [visible(letters_shown(piece)) for piece in own], [ids[piece] for piece in own]),
        by_vocabulary(c.vocabulary, text),
    ]


def run(controls: SegmentationControls, device: str) -> SegmentationResult:
    c = controls
    text = (" " if c.space != "as typed" else "") + c.text[:LONGEST]
    cut = cuts_of(text, c)
    learned = merges(c.learned_from, c.digits, c.seed)
    languages = {
        "characters": {name: len(article.first) for name, article in ARTICLE.items()},
        "BPE": {name: len(in_pieces(article.first, learned, c.digits)) for name, article in ARTICLE.items()},
        cut[-1].name: {name: len(by_vocabulary(c.vocabulary, one.first).pieces) for name, one in ARTICLE.items()},
    }
    ways = {tuple(map(len, in_pieces(f" {number}", learned, c.digits))) for number in range(100, 1000)}
    shown_lines = tuple(spelling(c.asked, c.seed)[:EXAMPLES])
    written = {kind: answers(kind, shown_lines, c.training, device) for kind in KINDS}
    asked_words = [line.prompt.split()[-2] for line in shown_lines]
    return SegmentationResult(
        c,
        text,
        cut,
        languages,
        len(ways),
        share_right(c.asked, c.seed, c.training, device),
        [(word, {kind: written[kind][at] for kind in KINDS}) for at, word in enumerate(asked_words)],
        sum(parameter_count(pretrained(kind, c.training, device)) for kind in KINDS),
        (f"text: only the first {LONGEST} characters are read",) if len(c.text) > LONGEST else (),
    )


def measure(result: SegmentationResult) -> Measurements:
    characters, in_bytes, in_words, own, model = result.cuts
    tokens = result.languages["BPE"]
    return {
        "characters": len(characters.pieces),
        "bytes": len(in_bytes.pieces),
        "words": len(in_words.pieces),
        "unknown_words": in_words.unknown,
        "bpe_tokens": len(own.pieces),
        "model_tokens": len(model.pieces),
        "characters_spelling_share": result.spelling["characters"],
        "pieces_spelling_share": result.spelling["pieces"],
        "words_spelling_share": result.spelling["words"],
        "spelling_gap": result.spelling["characters"] - result.spelling["words"],
        "dearest_language_ratio": max(tokens.values()) / tokens["English"],
        "number_cuts": result.number_cuts,
    }
