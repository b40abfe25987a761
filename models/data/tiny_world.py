"""The tiny world."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

from models.data.dice import Dice
from models.data.kinds import chance, chat, context, facts, grammar, labels, lists, moves, needles, numbers, shots, translation
from models.data.sample import Answer, Sample, parse
from models.data.world import World, world

__all__ = ["KINDS", "Answer", "Sample", "Split", "World", "draw", "questions", "world"]

Split = Literal["train", "held_out"]
Kind = Callable[..., str]  # (world, dice, held, **options) -> marked text

KINDS: dict[str, Kind] = {
    "told": facts.told,
    "asked": facts.asked,
    "unknown": facts.unknown,
    "note": facts.note,
    "context_facts": context.context_facts,
    "mapping": shots.mapping,
    "relations": shots.relations,
    "repeats": context.repeats,
    "hops": context.hops,
    "moves": moves.moves,
    "pronouns": moves.pronouns,
    "stories": moves.stories,
    "agreement": grammar.agreement,
    "roles": grammar.roles,
    "homonyms": grammar.homonyms,
    "paraphrases": grammar.paraphrases,
    "counting": numbers.counting,
    "sums": numbers.sums,
    "steps": numbers.steps,
    "lists": lists.lists,
    "selective_copy": lists.selective_copy,
    "translation": translation.translation,
    "needles": needles.needles,
    "joined_needles": needles.joined_needles,
    "sentiment": labels.sentiment,
    "topics": labels.topics,
    "trades": labels.trades,
    "hiring": labels.hiring,
    "crowd": chance.crowd,
    "walks": chance.walks,
    "chat": chat.chat,
    "tools": chat.tools,
    "react": chat.react,
}


def draw(kind: str, dice: Dice, split: Split = "train", in_world: World | None = None, **options: Any) -> str:
    """One marked text of a kind; ``options`` are those of the kind's own function."""
    try:
        make = KINDS[kind]
    except KeyError:
        raise ValueError(f"kind: {kind!r} is not one of {', '.join(KINDS)}") from None
    return make(in_world or world(), dice, split == "held_out", **options)


def stream(kind: str, seed: int, split: Split = "train", in_world: World | None = None, **options: Any) -> Iterator[Sample]:
    """Samples of one kind without end; the same arguments always give the same ones."""
    dice = Dice(f"{kind} {split} {seed}")
    while True:
        yield parse(draw(kind, dice, split, in_world, **options), kind)


def questions(
    kind: str, count: int, seed: int = 0, split: Split = "train", in_world: World | None = None, **options: Any
) -> list[Sample]:
    """``count`` samples of one kind, each with its answers, for a metric or a test."""
    samples = stream(kind, seed, split, in_world, **options)
    return [next(samples) for _ in range(count)]
