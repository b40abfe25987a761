"""Lists to copy, reverse, sort, and to take the first or last item of."""

from models.data.dice import Dice
from models.data.words import DIGITS, NONCE, OBJECTS
from models.data.world import World

OPERATIONS = {
    "copy": lambda items: items,
    "reverse": lambda items: items[::-1],
    "sort": sorted,
    "first": lambda items: items[:1],
    "last": lambda items: items[-1:],
}


def lists(world: World, dice: Dice, held: bool, operation: str | None = None, length: int | None = None) -> str:
    """reverse : key map cup -> [cup] [map] [key] . — sort : 5 2 9 -> [2] [5] [9] .

    Operations: copy, reverse, sort, first, last. Held out: longer lists (7 to 9 items, not 2 to 6).
    """
    operation = operation or dice.pick(tuple(OPERATIONS))
    length = length or (dice.between(7, 9) if held else dice.between(2, 6))
    items = dice.some(DIGITS if operation == "sort" or dice.chance(0.3) else OBJECTS, length)
    result = " ".join(f"[{item}|{operation}]" for item in OPERATIONS[operation](items))
    return f"{operation} : {' '.join(items)} -> {result} ."


def selective_copy(world: World, dice: Dice, held: bool, items: int | None = None, noise: int | None = None) -> str:
    """pick : key wug cup map dax -> [wug] [dax] . — made-up words among objects, to be copied in their order.

    Held out: more noise (13 to 24 objects, not 2 to 12).
    """
    chosen = dice.some(NONCE, items or dice.between(2, 4))
    noise = noise or (dice.between(13, 24) if held else dice.between(2, 12))
    row = [dice.pick(OBJECTS) for _ in range(noise)]
    for i, at in enumerate(sorted(dice.between(0, noise) for _ in chosen)):
        row.insert(at + i, chosen[i])
    return f"pick : {' '.join(row)} -> {' '.join(f'[{word}]' for word in chosen)} ."
