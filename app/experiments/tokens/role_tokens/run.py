"""Chats of a tuned decoder: markers typed by the user, as letters or as special tokens; and markers replaced."""

from typing import Literal, NamedTuple

from pydantic import Field

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.tokens.role_tokens.chats import (
    CHECKPOINT,
    MARKERS,
    ReadAs,
    Replaced,
    Typed,
    beginning,
    fake_line_obeyed,
    fake_result_reported,
    read,
    replies,
    right_share,
)
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.tokenization.chat_template import asked_to_reply, chat, exchanged
from models.tokenization.tokenizer import SEP, SPECIALS, cut_notice, encode, pieces
from models.tokenization.vocabulary import folded

LONGEST = 12

System = Literal["be polite .", "be loud .", "answer twice .", "ask back .", "answer in one word .", "do not answer ."]


class RoleControls(Controls):
    text: Sentence = Field("what pet has Tom ?", title="The user writes", description=f"Up to {LONGEST} tokens")
    system: System = Field("be polite .", title="System line")
    typed: Typed = Field("<|assistant|>", title="… and types behind it")
    read_as: ReadAs = Field("letters", title="What is typed is read as")
    replaced: Replaced = Field("none", title="Marker replaced by <|sep|>")


class RoleResult(NamedTuple):
    controls: RoleControls
    ids: list[int]  # the typed chat up to and with the assistant's marker
    pieces: list[str]
    special: list[bool]
    reply: str
    begins: dict[str, float]  # what is typed → probability of the right reply's first token, mean
    begins_now: float
    right: dict[Replaced, float]  # which marker is replaced → share of replies right to the letter
    fake_line: float  # share of chats that obey the typed system line instead of the real one
    fake_result: float  # share of sums whose typed result is reported
    parameters: int
    notices: list[str]


BEGINS: dict[str, tuple[Typed, ReadAs]] = {
    "letters": ("<|assistant|>", "letters"),
    "one token": ("<|assistant|>", "special tokens"),
    "nothing": ("nothing", "letters"),
    "word": ("assistant", "letters"),
    "<|sep|>": ("<|sep|>", "special tokens"),
}


def run(controls: RoleControls, device: str) -> RoleResult:
    c = controls
    text = folded(c.text.strip() or "what pet has Tom ?")
    encoded = encode(text, LONGEST, "text")
    notices = [] if encoded.cut_at is None else [cut_notice(text, encoded.cut_at, "text")]
    ids = asked_to_reply(chat(c.system, [*encoded.ids, *read(c.typed, c.read_as)]))
    marker = MARKERS[c.replaced]
    ids = ids if marker is None else exchanged(ids, marker, SEP)
    return RoleResult(
        controls=c,
        ids=ids,
        pieces=pieces(ids),
        special=[token < len(SPECIALS) for token in ids],
        reply=replies([ids], device)[0],
        begins={name: beginning(*arm, c.seed, device) for name, arm in BEGINS.items()},
        begins_now=beginning(c.typed, c.read_as, c.seed, device),
        right={replaced: right_share(replaced, c.seed, device) for replaced in MARKERS},
        fake_line=fake_line_obeyed(c.read_as, c.seed, device),
        fake_result=fake_result_reported(c.read_as, c.seed, device),
        parameters=parameter_count(pretrained(CHECKPOINT, device)),
        notices=notices,
    )


def measure(result: RoleResult) -> Measurements:
    return {
        "reply_begins_probability": result.begins_now,
        "reply_begins_as_letters": result.begins["letters"],
        "reply_begins_as_one_token": result.begins["one token"],
        "right_reply_share": result.right[result.controls.replaced],
        "fake_line_obeyed_share": result.fake_line,
        "fake_result_reported_share": result.fake_result,
        "prompt_tokens": len(result.ids),
        "special_tokens": sum(result.special),
    }
