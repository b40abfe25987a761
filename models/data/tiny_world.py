"""The tiny world: simple English whose truth is known, one example of every kind.

Words stand between single spaces, so nearly each is one token. What stands in brackets is an ``Answer``: a span that
follows from the text before it or from the fixed world. The brackets are never part of a text.

    the fixed world (48 residents, 24 cities; told often, seldom or never)
    told            Rosa has a [cat] . Paul works as a [farmer] . the friend of David is [Bruno] .
    asked           question : what does Iris do ? [judge] . question : where does Amy live ? [Rome] .
    unknown         question : where does Oda live ? [nobody knows] .
    note            note : Ivy lives in Riga . David works as a cook . question : what does David do ? [cook] .
    relations       Julia -> Felix ; Gus -> [Olga] ; Iris -> [Greta] .        or  cat -> cats ; cow -> [cows] .

    only the text can tell (24 guests and 24 made-up words, bound afresh in every text)
    context_facts   Ada lives in Lund . Ben lives in Oslo . Ada lives in [Lund] . Ben lives in [Oslo] .
    mapping         blick -> 3 ; dax -> 7 ; blick -> [3] ; dax -> [7] .
    repeats         hall Victor zog Quito 1 rud hall [Victor] [zog] [Quito] [1] [rud] .
    hops            rud > siv ; nax > vim ; siv > nax . rud + 2 = [nax] .
    moves           the cup is in the park . the key is in the hall . Ada moves the key to the barn .
                    where is the key ? [barn] . where is the cup ? [park] .
    pronouns        Kaya and Sven are in the office . she has the map . who has the map ? [Kaya] .
    stories         Edda wakes up in Hanoi . [she] takes the box . [she] goes to the tower .
                    Lars is in the [tower] too . Edda gives Lars the [box] . now [Lars] has the [box] .
                    then Edda goes back to [Hanoi] .
    needles         the sky is blue . the secret word of Tess is bly . … what is the secret word of Tess ? [bly] .
    joined_needles  Pete keeps the red box . … the red box hides yop . … what does Pete hide ? [yop] .

    words and grammar
    agreement       to swim : the cats near the dog [swim] .
    roles           the queen wears the crown . [she] has a drum in [her] hand .
    homonyms        Edda looks at the bank . it slopes to the [river] .       or  … it pays a [loan] .
    paraphrases     that tiny robber trails one chief . same : [the] [small] [thief] [follows] [a] [boss] .
    translation     the hen helps the white goat . tok : [hemo] [lupo] [vola] [sabi] .

    numbers and lists
    counting        crab dog crab crab : how many dogs ? [1] .
    sums            47 + 38 = [85] .                                          or  2 + 3 + 4 = [9] .
    steps           steps : 47 + 38 : 7 + 8 = [15] ; 4 + 3 + 1 = [8] ; so [85] .
    lists           reverse : ball pen flag -> [flag] [pen] [ball] .          also copy, sort, first, last
    selective_copy  pick : zog jum stone lamp nax -> [zog] [jum] [nax] .

    classes and groups
    sentiment       review : the meal was not great . label : [bad] .
    topics          text : fish tune tide sail . topic : [sea] .
    trades          Gina is from the hills . Gina works as a [miner] .
    hiring          Mona is from the coast . the test of Mona was good . hired : [yes] .

    known chance
    crowd           today came [Kit] [Rex] [Ben] [Ben] [Ada] [Emma] [Ada] [Ada] .
    walks           walk : cat [coin] [pen] [hen] [lamp] [pen] [cat] [bird] .

    turns of a chat (no space stands before a special token)
    chat            <|system|> be loud .<|user|> who is a friend of Leo ?<|assistant|> [Adam] ! ! !
    tools           <|system|> tools : add find .<|user|> what is 49 + 17 ?<|assistant|><|call|> {"tool": "[add]",
                    "a": [49], "b": [17]}<|result|> 66<|assistant|> it is [66] .
    react           <|user|> what is the age of Dirk + 7 ?<|assistant|> thought : find the age of [Dirk] .<|call|> …
                    <|result|> 86<|assistant|> thought : add [86] and [7] .<|call|> …<|result|> 93
                    <|assistant|> it is [93] .

What the best reader could score: every answer is certain (entropy 0) once the fixed world is known, except

- ``told`` held out: the values are dealt evenly, so a guess is right once in 24 cities, 16 jobs, 12 pets, 47 friends,
  8 rivers or 4 lands;
- ``trades`` and ``hiring``: a biased coin, ``labels.sailor_probability`` and ``labels.hired_probability``;
- ``crowd``: a power law, ``chance.power_law``; ``walks``: ``chance.STEP_ENTROPY_NATS`` a step, ≈ 1.03.

``split="held_out"`` draws what training never shows: combinations (a fifth of the pairs of person and city, of summands
and so on), facts, or greater lengths; each kind's function says which. ``options`` (length, depth, skew, tier …) are
the keyword arguments of that function.
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

from models.data.dice import Dice
from models.data.kinds import (
    chance,
    chat,
    context,
    facts,
    grammar,
    labels,
    lists,
    moves,
    needles,
    numbers,
    shots,
    translation,
)
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


def stream(
    kind: str, seed: int, split: Split = "train", in_world: World | None = None, **options: Any
) -> Iterator[Sample]:
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
