"""The three trained decoders that read characters, pieces and whole words: what they are asked and what they answer."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch.nn.utils.rnn import pad_sequence

from app.experiments.memo import memo
from models.data.cut_lines import KINDS, Kind, cut_of
from models.data.dice import Dice
from models.data.spelling_lines import (
    Line,
    drawn,
    made_up,
    say,
    spell,
    spell_as_stated,
    spell_later,
    spelt_words,
    words,
)
from models.training.text_cuts import all_right, pretrained

QUESTIONS, LONGEST_ANSWER = 96, 24


class Answer(NamedTuple):
    """What a model writes, and whether that is right."""

    written: str
    right: bool


def spelling(asked: str, seed: int) -> list[Line]:
    """Words to spell: known from training, or never spelt there; with their letters stated, or after another line."""
    dice = Dice(f"spelling {seed}")
    held = dice.some(spelt_words(True), QUESTIONS)
    known = [drawn(dice, spelt_words(False)) for _ in range(QUESTIONS)]
    if asked == "spelt in training":
        return [spell(word) for word in known]
    if asked == "letters stated first":
        return [spell_as_stated(word, word) for word in held]
    if asked == "after another line":
        return [spell_later(word, other) for word, other in zip(held, known)]
    return [spell(word) for word in held]


def made_up_words(seed: int) -> list[str]:
    dice = Dice(f"made-up words {seed}")
    return list(dict.fromkeys(made_up(dice) for _ in range(2 * QUESTIONS)))[:QUESTIONS]


def repeating(asked: Sequence[str], seed: int) -> list[Line]:
    """Each word to be repeated, before a word of the training text."""
    dice = Dice(f"repeating {seed}")
    return [say([word, drawn(dice, words())]) for word in asked]


@memo
def share_right(asked: str, seed: int, training: int, device: str) -> dict[Kind, float]:
    """The share of words that each model spells without a mistake."""
    given = spelling(asked, seed)
    return {kind: all_right(pretrained(kind, training, device), kind, given).float().mean().item() for kind in KINDS}


@memo
@torch.inference_mode()
def answers(kind: Kind, given: tuple[Line, ...], training: int, device: str) -> list[Answer]:
    """What a model writes after each prompt, the likeliest token each time, up to the full stop."""
    cut, model = cut_of(kind), pretrained(kind, training, device)
    texts = [cut.ids(line.prompt) for line in given]
    starts = list(map(len, texts))
    padding = len(cut.tokens) - 1  # stands behind a text, where a causal model does not see it
    written = [""] * len(given)
    for _ in range(LONGEST_ANSWER):
        rows = torch.tensor([ids + [padding] * (max(map(len, texts)) - len(ids)) for ids in texts], device=device)
        best = model(rows)[0].argmax(dim=-1)
        for at, ids in enumerate(texts):
            if not written[at].endswith("."):
                ids.append(int(best[at, len(ids) - 1]))
                written[at] = cut.text(ids[starts[at] :])
        if all(text.endswith(".") for text in written):
            break
    plain = [text.removesuffix(".").strip() for text in written]
    return [Answer(text, text == line.answer) for text, line in zip(plain, given)]


class Asked(NamedTuple):
    """A word to be repeated before another one, both in the pieces in which the model reads and should write them."""

    word: Sequence[str]
    other: Sequence[str]


@torch.inference_mode()
def repeated_right(kind: Kind, asked: Sequence[Asked], training: int, device: str) -> list[bool]:
    """Whether the model writes the first word of each line again without a mistake."""
    cut = cut_of(kind)
    ids_of = lambda pieces: [cut.number[piece] for piece in pieces]
    say_, colon = cut.pieces("say"), cut.pieces(":")
    prompts = [ids_of([*say_, *one.word, *one.other, *colon]) for one in asked]
    texts = [torch.tensor(prompt + ids_of(one.word)) for prompt, one in zip(prompts, asked)]
    ids = pad_sequence(texts, batch_first=True, padding_value=len(cut.tokens) - 1)
    best = pretrained(kind, training, device)(ids.to(device))[0].argmax(dim=-1).cpu()
    return [
        bool((best[row, len(prompt) - 1 : len(text) - 1] == text[len(prompt) :]).all())
        for row, (prompt, text) in enumerate(zip(prompts, texts))
    ]
