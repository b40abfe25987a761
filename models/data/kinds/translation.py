"""English into Tok, a toy language: verb last, adjective after its noun, no articles."""

from models.data.dice import Dice, held_out
from models.data.words import COLOURS
from models.data.world import World

NOUNS = dict(zip("cat dog cow pig hen bear goat duck".split(), "belo dino faro gilo hemo jaro lupo moro".split(), strict=True))
ADJECTIVES = dict(zip(COLOURS[:6], "reva suna tika vola zima nura".split(), strict=True))
VERBS = dict(zip("sees finds hears helps likes follows".split(), "pari keli doni sabi muti feni".split(), strict=True))


def translation(world: World, dice: Dice, held: bool) -> str:
    """the red cat sees the dog . tok : [belo] [reva] [dino] [pari] . — held out: a fifth of the pairs of nouns."""
    pair = dice.until(lambda: (dice.pick(tuple(NOUNS)), dice.pick(tuple(NOUNS))), lambda p: held_out("tok", *p) == held)
    english, tok = zip(*(phrase(noun, dice) for noun in pair), strict=True)
    verb = dice.pick(tuple(VERBS))
    foreign = " ".join(f"[{word}]" for word in (*tok[0], *tok[1], VERBS[verb]))
    return f"{english[0]} {verb} {english[1]} . tok : {foreign} ."


def phrase(noun: str, dice: Dice) -> tuple[str, list[str]]:
    """A noun, half the time with an adjective, in both languages."""
    if dice.chance(0.5):
        return f"the {noun}", [NOUNS[noun]]
    adjective = dice.pick(tuple(ADJECTIVES))
    return f"the {adjective} {noun}", [NOUNS[noun], ADJECTIVES[adjective]]
