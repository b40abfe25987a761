"""Lists to copy, reverse, sort, and to take the first or last item of."""

from models.data.dice import Dice
from models.data.words import DIGITS, OBJECTS
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
