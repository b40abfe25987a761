"""Texts that only their own beginning can answer: bindings made afresh, repeats, chains of pointers."""

from itertools import pairwise

from models.data.dice import Dice, held_out, partners
from models.data.words import ANIMALS, CITIES, COLOURS, DIGITS, GUESTS, JOBS, NONCE, OBJECTS, PLACES, RESIDENTS
from models.data.world import World

ANY_WORD = RESIDENTS + GUESTS + CITIES + JOBS + ANIMALS + OBJECTS + PLACES + COLOURS + NONCE + DIGITS


def bind(people: list[str], values: tuple[str, ...], dice: Dice, held: bool, name: str) -> dict[str, str]:
    """A value for each person, different ones where it can be; pairs set aside appear only where ``held``."""
    bound: dict[str, str] = {}
    for who in people:
        free = partners(values, held, name, who)
        bound[who] = dice.pick([value for value in free if value not in bound.values()] or free)
    return bound


def context_facts(world: World, dice: Dice, held: bool, people: int | None = None) -> str:
    """Ada lives in Lund . Ben lives in Oslo . Ada lives in [Lund] . Ben lives in [Oslo] .

    Held out: a fifth of the pairs of person and city.
    """
    home = bind(dice.some(GUESTS, people or dice.between(2, 5)), CITIES, dice, held, "lives")
    told = " ".join(f"{who} lives in {city} ." for who, city in home.items())
    again = " ".join(f"{who} lives in [{home[who]}|lives:{who}] ." for who in dice.some(list(home), len(home)))
    return f"{told} {again}"


def repeats(world: World, dice: Dice, held: bool, length: int | None = None) -> str:
    """wug Lund 4 red cup wug [Lund] [4] [red] [cup] . — held out: longer sequences (33 to 48 words, not 6 to 32)."""
    words = dice.some(ANY_WORD, length or (dice.between(33, 48) if held else dice.between(6, 32)))
    first, *rest = words
    return f"{' '.join(words)} {first} {' '.join([f'[{word}]' for word in rest])} ."


def hops(world: World, dice: Dice, held: bool, links: int | None = None, steps: int | None = None) -> str:
    """wug > dax ; zup > wug ; dax > fep . zup + 2 = [dax] .

    A chain told in random order, then followed for some steps. Held out: a fifth of the pairs of start and goal.
    """
    links = links or dice.between(3, 6)
    steps = steps or dice.between(1, min(3, links))

    def draw() -> tuple[list[str], int]:
        return dice.some(NONCE, links + 1), dice.between(0, links - steps)

    chain, at = dice.until(draw, lambda d: held_out("hops", d[0][d[1]], d[0][d[1] + steps]) == held)
    arrows = dice.some([f"{a} > {b}" for a, b in pairwise(chain)], links)
    return f"{' ; '.join(arrows)} . {chain[at]} + {steps} = [{chain[at + steps]}|hops:{steps}] ."
