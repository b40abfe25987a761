"""Texts about words: agreement, gender, homonyms, paraphrases."""

from models.data.dice import Dice, held_out
from models.data.words import ANIMALS, GUESTS, OBJECTS, SYNONYMS, plural
from models.data.world import World

VERBS = ("run", "sleep", "sing", "eat", "swim", "jump")
ROLES = {  # planted analogies: each row differs by gender alone, each column by role alone
    ("king", "queen"): "wears the crown",
    ("man", "woman"): "reads the news",
    ("boy", "girl"): "goes to school",
    ("father", "mother"): "feeds the child",
    ("uncle", "aunt"): "brings a gift",
    ("lord", "lady"): "rides the horse",
}
SENSES = {
    "bat": {
        "animal": ("it flies at [night] .", "it eats a [moth] ."),
        "club": ("it hits the [ball] .", "it wins a [game] ."),
    },
    "bank": {
        "shore": ("it slopes to the [river] .", "it is full of [mud] ."),
        "money": ("it lends us [cash] .", "it pays a [loan] ."),
    },
    "nail": {
        "finger": ("it grows on a [thumb] .", "it has red [paint] ."),
        "iron": ("it sits in the [wall] .", "it needs a [hammer] ."),
    },
    "ring": {
        "jewel": ("it is made of [gold] .", "it fits my [thumb] ."),
        "fight": ("it holds two [boxers] .", "it has four [ropes] ."),
    },
    "seal": {
        "animal": ("it dives for [fish] .", "it lies on the [ice] ."),
        "stamp": ("it is red [wax] .", "it closes the [letter] ."),
    },
}
AGENTS, DEEDS, TRAITS = SYNONYMS[6:10], SYNONYMS[10:14], SYNONYMS[2:6]


def agreement(world: World, dice: Dice, held: bool) -> str:
    """to swim : the cats near the dog [swim] . — the first noun decides, not the nearer one.

    Held out: a fifth of the pairs of nouns.
    """
    subject, other = dice.until(lambda: dice.some(ANIMALS, 2), lambda pair: held_out("agreement", *pair) == held)
    many, verb = dice.chance(0.5), dice.pick(VERBS)
    phrase = f"the {plural(subject) if many else subject} {dice.pick(('near', 'by', 'with'))} the"
    answer = f"[{verb}|plural]" if many else f"[{verb}s|singular]"
    return f"to {verb} : {phrase} {plural(other) if dice.chance(0.5) else other} {answer} ."


def roles(world: World, dice: Dice, held: bool) -> str:
    """the queen wears the crown . [she] has a map in [her] hand .

    Held out: a fifth of the pairs of noun and object.
    """

    def draw() -> tuple[tuple[str, str], int, str]:
        return dice.pick(tuple(ROLES)), dice.between(0, 1), dice.pick(OBJECTS)

    pair, gender, thing = dice.until(draw, lambda d: held_out("roles", d[0][d[1]], d[2]) == held)
    he, his = (("he", "his"), ("she", "her"))[gender]
    return f"the {pair[gender]} {ROLES[pair]} . [{he}|gender] has a {thing} in [{his}|gender] hand ."


def homonyms(world: World, dice: Dice, held: bool, word: str | None = None, sense: str | None = None) -> str:
    """Ada looks at the bat . it flies at [night] .

    Two senses, told apart only by what follows; each is as likely. Held out: a fifth of the pairs of person and word.
    """
    who, word = dice.until(
        lambda: (dice.pick(GUESTS), word or dice.pick(tuple(SENSES))), lambda pair: held_out("homonyms", *pair) == held
    )
    sense = sense or dice.pick(tuple(SENSES[word]))
    sentence = dice.pick(SENSES[word][sense]).replace("]", f"|{word}:{sense}]")
    return f"{who} looks at the {word} . {sentence}"


def paraphrases(world: World, dice: Dice, held: bool, swapped: bool = False) -> str:
    """the glad child sees a thief . same : [that] [happy] [kid] [spots] [one] [robber] .

    Every word is replaced by its synonym, so the halves share none. ``swapped`` exchanges the two people in the second
    half, which then is no paraphrase. Held out: a fifth of the pairs of people.
    """
    who, whom = dice.until(lambda: dice.some(AGENTS, 2), lambda d: held_out("same", d[0][0], d[1][0]) == held)
    trait, deed = dice.pick(TRAITS), dice.pick(DEEDS)
    the, a = SYNONYMS[1], SYNONYMS[0]
    first = (the, trait, who, deed, a, whom)
    second = (the, trait, whom, deed, a, who) if swapped else first
    side = dice.between(0, 1)
    restated = " ".join(f"[{pair[1 - side]}]" for pair in second)
    return f"{' '.join(pair[side] for pair in first)} . same : {restated} ."
