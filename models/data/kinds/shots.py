"""Few-shot prompts: made-up mappings, and relations to infer from examples."""

from models.data.dice import Dice, partners
from models.data.kinds.context import bind
from models.data.words import ANIMALS, DIGITS, NONCE, OPPOSITES, plural
from models.data.world import World

WORD_RELATIONS = {
    "plural": {noun: plural(noun) for noun in ANIMALS},
    "opposite": dict(OPPOSITES) | {b: a for a, b in OPPOSITES},
    "next": {str(i): str(i + 1) for i in range(9)},
}
KNOWN_RELATIONS = ("home", "job", "pet", "friend", "river", "land")


def mapping(world: World, dice: Dice, held: bool, words: int | None = None, shots: int | None = None) -> str:
    """blick -> 3 ; dax -> 7 ; blick -> [3] ; dax -> [7] ; blick -> [3] .

    Held out: a fifth of the pairs of word and digit.
    """
    table = bind(dice.some(NONCE, words or dice.between(2, 4)), DIGITS, dice, held, "->")
    shots = shots or dice.between(3, 8)
    asked = [dice.pick(list(table)) for _ in range(shots)]
    first = " ; ".join(f"{word} -> {digit}" for word, digit in table.items())
    return f"{first} ; " + " ; ".join(f"{word} -> [{table[word]}|{word}]" for word in asked) + " ."


def relations(
    world: World,
    dice: Dice,
    held: bool,
    relation: str | None = None,
    shots: int | None = None,
    wrong_labels: bool = False,
) -> str:
    """Mia -> Lund ; Tom -> [Oslo] ; Zoe -> [Turin] . — or cat -> cats ; cow -> [cows] .

    Relations: home, job, pet, friend, river, land, plural, opposite, next. ``shots``: examples before the last pair;
    ``wrong_labels`` exchanges the values of the examples among them. Held out: the last pair is of the fifth that
    training never shows in this form.
    """
    relation = relation or dice.pick(KNOWN_RELATIONS + tuple(WORD_RELATIONS))
    table = WORD_RELATIONS.get(relation) or world.told_values(relation)
    last = dice.pick(partners(tuple(table), held, "arrow", relation))
    pool = [subject for subject in partners(tuple(table), False, "arrow", relation) if subject != last]
    examples = dice.some(pool, min(shots or dice.between(1, 5), len(pool)))
    values = [table[subject] for subject in examples]
    if wrong_labels:
        values = values[1:] + values[:1]
    pairs = [*zip(examples, values, strict=True), (last, table[last])]
    (first, value), *rest = pairs
    shown = [f"{first} -> {value}"] + [f"{s} -> [{v}|{relation}:shot {i}]" for i, (s, v) in enumerate(rest, 1)]
    return f"{' ; '.join(shown)} ."
