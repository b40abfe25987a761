"""Objects that change place and people who change name: what must be tracked through a text."""

from models.data.dice import Dice, held_out, partners
from models.data.words import CITIES, GUESTS, OBJECTS, PLACES, pronoun
from models.data.world import World


def moves(world: World, dice: Dice, held: bool, objects: int | None = None, steps: int | None = None) -> str:
    """the key is in the hall . the cup is in the park . Ada moves the key to the barn . where is the key ? [barn] .

    Held out: a fifth of the pairs of object and place.
    """
    things = dice.some(OBJECTS, objects or dice.between(2, 3))

    def somewhere(thing: str, not_here: str = "") -> str:
        return dice.until(lambda: dice.pick(partners(PLACES, held, "moves", thing)), lambda place: place != not_here)

    place = {thing: somewhere(thing) for thing in things}
    lines = [f"the {thing} is in the {place[thing]} ." for thing in things]
    for _ in range(steps or dice.between(1, 4)):
        thing = dice.pick(things)
        place[thing] = somewhere(thing, place[thing])
        lines.append(f"{dice.pick(GUESTS)} moves the {thing} to the {place[thing]} .")
        if dice.chance(0.4):
            lines.append(ask(dice.pick(things), place))
    lines += [ask(thing, place) for thing in dice.some(things, 2)]
    return " ".join(lines)


def ask(thing: str, place: dict[str, str]) -> str:
    return f"where is the {thing} ? [{place[thing]}|moves:{thing}] ."


def pronouns(world: World, dice: Dice, held: bool) -> str:
    """Ada and Ben are in the park . he has the map . who has the map ? [Ben] .

    Held out: a fifth of the pairs of people.
    """
    one, two = dice.until(
        lambda: dice.some(GUESTS, 2),
        lambda pair: pronoun(pair[0]) != pronoun(pair[1]) and held_out("pronouns", *sorted(pair)) == held,
    )
    place, (thing, other) = dice.pick(PLACES), dice.some(OBJECTS, 2)
    owner, rest = (one, two) if dice.chance(0.5) else (two, one)
    lines = [f"{one} and {two} are in the {place} .", f"{pronoun(owner)} has the {thing} ."]
    asked = [(owner, thing)]
    if dice.chance(0.5):
        lines.append(f"{pronoun(rest)} has the {other} .")
        asked = dice.some([*asked, (rest, other)], 2)
    return " ".join(lines + [f"who has the {what} ? [{who}|pronouns:{who}] ." for who, what in asked])


def stories(world: World, dice: Dice, held: bool) -> str:
    """Ada wakes up in Oslo . [she] takes the key . [she] goes to the park . Ben is in the [park] too . Ada gives Ben
    the [key] . now [Ben] has the [key] . then Ada goes back to [Oslo] .

    Every mark names what was told before. Held out: a fifth of the pairs of person and city.
    """
    who, friend = dice.some(GUESTS, 2)
    city, (thing, gift) = dice.pick(partners(CITIES, held, "story", who)), dice.some(OBJECTS, 2)
    place = dice.pick(PLACES)
    middle = dice.pick(
        (
            f"{who} gives {friend} the [{thing}] . now [{friend}] has the [{thing}] .",
            f"{friend} likes the [{thing}] of [{who}] . {friend} wants the [{thing}] too .",
            f"{friend} has a {gift} . they trade . now {who} has the [{gift}] . now {friend} has the [{thing}] .",
        )
    )
    she = pronoun(who)
    return (
        f"{who} wakes up in {city} . [{she}] takes the {thing} . [{she}] goes to the {place} . "
        f"{friend} is in the [{place}] too . {middle} then {who} goes back to [{city}] ."
    )
