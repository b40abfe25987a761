"""Stories of two people and one thing, for readers that are trained on text alone and asked about it later.

    Ada feeds the hen today . it sleeps . Ada gives Ben the hen . he keeps it .

What follows from what: the thing decides the verb, and whether it sleeps or rusts. Who receives it decides “he” or
“she”; in half of the stories “she smiles” stands in place of “it sleeps”, of the one person named so far. Nothing else
shows who is a woman. Four things are homonyms: a bat is fed or swung, and the verb decides.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from models.data.dice import Dice
from models.data.words import several

WOMEN = several("Ada Cleo Edda Gina Ines Kaya Mona Oda")
MEN = several("Ben Dirk Finn Hans Jack Lars Nils Pete")
PEOPLE = WOMEN + MEN
ANIMALS = {"feeds": ("hen", "pig"), "walks": ("dog", "horse"), "milks": ("cow", "goat"), "strokes": ("cat", "rabbit")}
TOOLS = {
    "swings": ("axe", "club"), "oils": ("drill", "lock"), "sharpens": ("saw", "knife"), "charges": ("phone", "lamp"),
}  # fmt: skip
HOMONYMS = {
    "bat": ("feeds", "swings"), "crane": ("walks", "oils"), "seal": ("milks", "sharpens"),
    "mouse": ("strokes", "charges"),
}  # fmt: skip
"""Homonym → its verb as an animal and as a tool."""
STATES = {"animal": several("sleeps eats runs"), "tool": several("rusts breaks shines")}
ADVERBS = several("today often")
GRAMMAR = several("it she he smiles keeps gives gets from")

PAD, CLASS, SEP, MASK, UNKNOWN = range(5)
SPECIALS = ("[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]")
VERBS = (*ANIMALS, *TOOLS)
ORDINARY: dict[str, tuple[str, "Kind"]] = {
    thing: (verb, kind)
    for kind, table in (("animal", ANIMALS), ("tool", TOOLS))
    for verb, things in table.items()
    for thing in things
}
"""Every other thing → its only verb, and what it is."""
THINGS = (*ORDINARY, *HOMONYMS)
WORDS = (".", "the", *PEOPLE, *THINGS, *VERBS, *STATES["animal"], *STATES["tool"], *ADVERBS, *GRAMMAR)
PIECES = (*SPECIALS, *WORDS)
EASY = len(SPECIALS) + 2
"""Ids below it are never asked for: special tokens, “.” and “the”, from which there is nothing to learn."""
VOCABULARY = len(PIECES)

Kind = Literal["animal", "tool"]
Order = Literal["as written", "words shuffled"]

_IDS = {word: place for place, word in enumerate(PIECES)}


class Deed(NamedTuple):
    """Who does what to which thing; ``kind`` is what the thing is."""

    who: str
    verb: str
    thing: str
    kind: Kind

    def written(self, fronted: bool, adverb: str = "", first: bool = False) -> list[str]:
        """Ada feeds the hen today . — or with the thing in front: the hen Ada feeds today ."""
        words = ["the", self.thing, self.who, self.verb] if fronted else [self.who, self.verb, "the", self.thing]
        said = [adverb] if adverb else []
        return [*said, *words, "."] if first else [*words, *said, "."]


class Handover(NamedTuple):
    """One person gives a thing to another."""

    giver: str
    receiver: str
    thing: str

    def written(self, gets: bool) -> list[str]:
        """Ada gives Ben the hen . — or from the other side: Ben gets the hen from Ada ."""
        if gets:
            return [self.receiver, "gets", "the", self.thing, "from", self.giver, "."]
        return [self.giver, "gives", self.receiver, "the", self.thing, "."]


def pronoun(name: str) -> str:
    return "she" if name in WOMEN else "he"


def deed(dice: Dice, who: str, things: Sequence[str] = THINGS) -> Deed:
    thing = dice.pick(things)
    if thing in HOMONYMS:
        side = dice.between(0, 1)
        return Deed(who, HOMONYMS[thing][side], thing, ("animal", "tool")[side])
    verb, kind = ORDINARY[thing]
    return Deed(who, verb, thing, kind)


def couple(dice: Dice) -> list[str]:
    """A woman and a man, in random order."""
    return dice.some([dice.pick(WOMEN), dice.pick(MEN)], 2)


class Story(NamedTuple):
    """Two halves of two sentences each, as words."""

    first: tuple[list[str], list[str]]
    second: tuple[list[str], list[str]]


def story(dice: Dice) -> Story:
    people = couple(dice)
    done = deed(dice, people[0])
    over = Handover(*dice.some(people, 2), done.thing)
    adverb = dice.pick(("", *ADVERBS))
    after = ["it", dice.pick(STATES[done.kind]), "."] if dice.chance(0.5) else [pronoun(done.who), "smiles", "."]
    return Story(
        (done.written(dice.chance(0.5), adverb, dice.chance(0.5)), after),
        (over.written(dice.chance(0.5)), [pronoun(over.receiver), "keeps", "it", "."]),
    )


def arranged(told: Story, order: Order, dice: Dice) -> Story:
    """The story as a training reads it: as it is, or with the words of each sentence shuffled."""
    if order == "as written":
        return told
    shuffled = lambda words: [*dice.some(words[:-1], len(words) - 1), "."]
    return Story(
        (shuffled(told.first[0]), shuffled(told.first[1])), (shuffled(told.second[0]), shuffled(told.second[1]))
    )


def ids_of(words: Sequence[str]) -> list[int]:
    """Token ids; a word without a token is UNKNOWN."""
    return [_IDS.get(word, UNKNOWN) for word in words]


def words_of(text: str, most: int) -> tuple[list[str], list[str]]:
    """The words of a typed text, at most so many, and lines for the reader about what was cut or is unknown."""
    typed = text.replace(".", " . ").split()
    known = {word.lower(): word for word in WORDS}
    words = [known.get(word.lower(), word) for word in typed[:most]]
    strange = [word for word in dict.fromkeys(words) if word not in _IDS]
    told = [f"text: only the first {most} of {len(typed)} words are read"] if len(typed) > most else []
    if strange:
        told.append(f"text: read as one unknown word: {', '.join(word[:20] for word in strange[:4])}")
    return words, told
