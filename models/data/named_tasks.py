"""One sentence and a first word that says what to do with it; and sentences with gaps, to be filled.

    tok the red cat helps the goat .                        belo reva lupo sabi .
    who the red cat helps the goat .                        cat .
    whom the red cat helps the goat .                       goat .
    fill the red cat helps the goat . belo <0> <1> sabi .   <0> reva <1> lupo .

Paper: Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
sections 2.4 (a prefix names the task) and 3.1.4 (a sentinel stands for each span cut out, and before it in the answer).

Symbols
    B  sentences        S  source symbols, SOURCE of them        T  target symbols, TARGET of them; PAD behind both
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from models.data import tok_sentences
from models.data.tok_sentences import END, PAD, TO_TOK, Sentences, class_of, packed, sentences

Task = Literal["tok", "who", "whom", "fill"]
NAMED: tuple[Task, ...] = ("tok", "who", "whom")
TASKS: tuple[Task, ...] = (*NAMED, "fill")
GAPS = ("<0>", "<1>")
FIRST_TASK = tok_sentences.SYMBOLS
FIRST_GAP = FIRST_TASK + len(TASKS)
PIECES = (*tok_sentences.PIECES, *TASKS, *GAPS)
SYMBOLS = len(PIECES)
SOURCE, TARGET = 1 + tok_sentences.SOURCE + tok_sentences.TARGET, tok_sentences.TARGET


class Exchange(NamedTuple):
    source: Tensor  # (B, S)
    target: Tensor  # (B, T)


def padded(symbols: Tensor, length: int) -> Tensor:
    """The rows with PAD behind them, ``length`` in all."""
    return torch.nn.functional.pad(symbols, (0, length - symbols.shape[1]), value=PAD)


def named(given: Sentences, task: Task) -> Exchange:
    """The sentence behind the task's name, and its answer: the translation, the subject or the object."""
    source, target = given
    front = torch.full_like(source[:, :1], FIRST_TASK + TASKS.index(task))  # (B, 1)
    if task != "tok":
        nouns = torch.where(class_of(target) == 0, target, PAD)  # (B, T)
        noun = packed(nouns)[:, NAMED.index(task) - 1] - TO_TOK  # (B,)
        target = torch.stack([noun, torch.full_like(noun, END)], dim=1)  # (B, 2)
    return Exchange(padded(torch.cat([front, source], dim=1), SOURCE), padded(target, TARGET))


def with_gaps(given: Sentences, at: Tensor, numbers: tuple[int, int] = (0, 1)) -> Exchange:
    """The sentence and its translation, from which the words at two places ``at`` (B, 2), in order, are cut.

    ``numbers`` are those of the two gaps, from left to right; the answer is written in the order of the numbers.
    """
    source, target = given
    gaps = (FIRST_GAP + torch.tensor(numbers)).expand(len(source), -1)  # (B, 2)
    front, end = torch.full_like(source[:, :1], FIRST_TASK + TASKS.index("fill")), torch.full_like(source[:, :1], END)
    read = packed(torch.cat([front, source, target.scatter(1, at, gaps)], dim=1))  # (B, S)
    pairs = torch.stack([gaps, target.gather(1, at)], dim=2)[:, torch.tensor(numbers).argsort()].flatten(1)  # (B, 4)
    return Exchange(read, padded(torch.cat([pairs, end], dim=1), TARGET))


def places(target: Tensor, draws: torch.Generator) -> Tensor:
    """Two different places of Tok words in each row, in order: (B, 2)."""
    chance = torch.rand(target.shape, generator=draws).masked_fill(class_of(target) < 0, -1.0)  # (B, T)
    return chance.topk(2, dim=1).indices.sort(dim=1).values


def drawn(count: int, task: Task, draws: torch.Generator, held: bool = False, swapped: bool = False) -> Exchange:
    """Random exchanges of one task, ``held`` out of training or not; ``swapped`` gaps have the numbers 1 and 0."""
    given = sentences(count, draws, held)
    if task != "fill":
        return named(given, task)
    return with_gaps(given, places(given.target, draws), (1, 0) if swapped else (0, 1))


def text_of(symbols: Tensor) -> list[str]:
    """The pieces of a row, without PAD."""
    return [PIECES[i] for i in symbols.tolist() if i != PAD]
