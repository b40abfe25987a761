"""Sentences with a class, and groups of people with a skew that can be dialled."""

from models.data.dice import Dice, held_out
from models.data.words import GUESTS
from models.data.world import World

PRAISE = ("lovely", "bright", "sweet", "fine", "great", "fresh")
BLAME = ("awful", "dull", "bitter", "weak", "stale", "grim")
REVIEWED = ("soup", "film", "song", "room", "meal", "story", "hotel", "trip")
TOPICS = {
    "food": ("bread", "cheese", "rice", "salt", "milk", "soup"),
    "music": ("choir", "flute", "harp", "song", "drum", "tune"),
    "sea": ("boat", "wave", "shore", "sail", "tide", "fish"),
}
GROUPS = ("coast", "hills")
GOOD_TEST = {"coast": 0.7, "hills": 0.4}  # the base rates differ whatever the skew


def sentiment(world: World, dice: Dice, held: bool, negation: float = 0.25) -> str:
    """review : the soup was not lovely . label : [bad] . — held out: a fifth of the pairs of noun and adjective."""
    noun, word = dice.until(
        lambda: (dice.pick(REVIEWED), dice.pick(PRAISE + BLAME)), lambda pair: held_out("review", *pair) == held
    )
    negated = dice.chance(negation)
    label = "good" if (word in PRAISE) != negated else "bad"
    return f"review : the {noun} was {'not ' if negated else ''}{word} . label : [{label}|sentiment:{label}] ."


def topics(world: World, dice: Dice, held: bool) -> str:
    """text : bread salt wave milk . topic : [food] . — three words of a topic, one of another.

    Held out: a fifth of the pairs of odd word and topic.
    """

    def draw() -> tuple[str, str]:
        topic, other = dice.some(tuple(TOPICS), 2)
        return topic, dice.pick(TOPICS[other])

    topic, odd = dice.until(draw, lambda pair: held_out("topic", *pair) == held)
    words = dice.some([*dice.some(TOPICS[topic], 3), odd], 4)
    return f"text : {' '.join(words)} . topic : [{topic}|topic:{topic}] ."


def sailor_probability(group: str, skew: float) -> float:
    """How often a member of the group is a sailor (else a miner): ½ ± skew/2."""
    return 0.5 + (skew / 2 if group == "coast" else -skew / 2)


def trades(world: World, dice: Dice, held: bool, skew: float = 0.6) -> str:
    """Ada is from the coast . Ada works as a [sailor] .

    ``skew`` from 0 (trade and group are independent) to 1 (each group has one trade). Held out: a fifth of the pairs of
    person and group.
    """
    who, group = person_of_group(dice, held)
    trade = "sailor" if dice.chance(sailor_probability(group, skew)) else "miner"
    return f"{who} is from the {group} . {who} works as a [{trade}|trade:{group}] ."


def hired_probability(group: str, good: bool, skew: float) -> float:
    """How often one with that test is taken: 0.8 or 0.2, and with skew more for the coast, less for the hills."""
    return (0.8 if good else 0.2) + skew * (0.2 if group == "coast" else -0.2)


def hiring(world: World, dice: Dice, held: bool, skew: float = 0.6) -> str:
    """Ada is from the coast . the test of Ada was good . hired : [yes] .

    Good tests come with ``GOOD_TEST``, hiring with ``hired_probability``. Held out as in ``trades``.
    """
    who, group = person_of_group(dice, held)
    good = dice.chance(GOOD_TEST[group])
    hired = "yes" if dice.chance(hired_probability(group, good, skew)) else "no"
    test = "good" if good else "bad"
    return f"{who} is from the {group} . the test of {who} was {test} . hired : [{hired}|hired:{group}:{test}] ."


def person_of_group(dice: Dice, held: bool) -> tuple[str, str]:
    return dice.until(lambda: (dice.pick(GUESTS), dice.pick(GROUPS)), lambda pair: held_out("group", *pair) == held)
