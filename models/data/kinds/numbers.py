"""Counting, and sums answered at once or step by step."""

from models.data.dice import Dice, held_out
from models.data.words import ANIMALS, plural
from models.data.world import World


def counting(world: World, dice: Dice, held: bool, length: int | None = None) -> str:
    """cat dog cat cat : how many cats ? [3] . — held out: longer rows (10 to 14 animals, not 2 to 9)."""
    kinds = dice.some(ANIMALS, 2)
    row = [dice.pick(kinds) for _ in range(length or (dice.between(10, 14) if held else dice.between(2, 9)))]
    asked = dice.pick(kinds)
    return f"{' '.join(row)} : how many {plural(asked)} ? [{row.count(asked)}] ."


LONGEST = 5  # chain in training, where nobody asks for another


def operands(dice: Dice, held: bool, terms: int | None, longest: int) -> list[int]:
    """Two numbers below 100, or a chain of 2 to ``longest`` digits (held out also one and two more)."""
    if terms is None:
        terms = 0 if dice.chance(0.4) else dice.between(2, longest + 2 if held else longest)

    def draw() -> list[int]:
        return [dice.between(0, 9) for _ in range(terms)] if terms else [dice.between(10, 99) for _ in range(2)]

    return draw() if terms > longest else dice.until(draw, lambda numbers: held_out("sum", *numbers) == held)


def sums(world: World, dice: Dice, held: bool, terms: int | None = None, longest: int = LONGEST) -> str:
    """47 + 38 = [85] . — or a chain, 2 + 3 + 4 = [9] .

    ``terms``: length of a chain of digits, 0 for two two-digit numbers. Held out: a fifth of the sums, and chains
    longer than ``longest``.
    """
    numbers = operands(dice, held, terms, longest)
    return f"{' + '.join(map(str, numbers))} = [{sum(numbers)}|sums:{len(numbers)}] ."


def steps(world: World, dice: Dice, held: bool, terms: int | None = None, longest: int = LONGEST) -> str:
    """steps : 47 + 38 : 7 + 8 = [15] ; 4 + 3 + 1 = [8] ; so [85] . — or a chain,
    steps : 2 + 3 + 4 : 2 + 3 = [5] ; 5 + 4 = [9] ; so [9] .

    Held out as in ``sums``.
    """
    numbers = operands(dice, held, terms, longest)
    lines = column_steps(*numbers) if max(numbers) > 9 else chain_steps(numbers)
    return f"steps : {' + '.join(map(str, numbers))} : {' '.join(lines)} so [{sum(numbers)}|steps:{len(numbers)}] ."


def chain_steps(numbers: list[int]) -> list[str]:
    """One partial sum after another."""
    total, lines = numbers[0], []
    for number in numbers[1:]:
        lines.append(f"{total} + {number} = [{total + number}|partial] ;")
        total += number
    return lines


def column_steps(a: int, b: int) -> list[str]:
    """Ones, then tens with the carry written out."""
    (tens_a, ones_a), (tens_b, ones_b) = divmod(a, 10), divmod(b, 10)
    carry = (ones_a + ones_b) // 10
    return [
        f"{ones_a} + {ones_b} = [{ones_a + ones_b}|ones] ;",
        f"{tens_a} + {tens_b} + {carry} = [{tens_a + tens_b + carry}|tens] ;",
    ]
