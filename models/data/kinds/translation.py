"""English into Tok, a toy language: verb last, adjective after its noun, no articles."""

from models.data.dice import Dice, held_out
from models.data.world import World

NOUNS = {
    "cat": "belo", "dog": "dino", "cow": "faro", "pig": "gilo", "hen": "hemo", "bear": "jaro",
    "goat": "lupo", "duck": "moro",
}  # fmt: skip
ADJECTIVES = {"red": "reva", "blue": "suna", "green": "tika", "white": "vola", "black": "zima", "brown": "nura"}
VERBS = {"sees": "pari", "finds": "keli", "hears": "doni", "helps": "sabi", "likes": "muti", "follows": "feni"}


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
