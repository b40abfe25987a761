"""Texts about the fixed world: facts told, asked, put in a relation, and overruled by a note."""

from models.data.dice import Dice, held_out, partners
from models.data.words import CITIES, GUESTS, JOBS, RESIDENTS
from models.data.world import Fact, Tier, World

SELDOM_SHARE = 0.004  # some thirty tellings in a training of 12M tokens, where an often-told fact has thousands

STATEMENTS = {
    "home": ("{0} lives in {1} .", "the home of {0} is {1} .", "{0} comes home to {1} ."),
    "job": ("{0} works as a {1} .", "the job of {0} is {1} .", "{0} gets up to work as a {1} ."),
    "pet": ("{0} has a {1} .", "the pet of {0} is a {1} .", "{0} feeds a {1} ."),
    "friend": ("{0} is a friend of {1} .", "the friend of {0} is {1} .", "{0} calls {1} ."),
    "river": ("{0} lies on the {1} .", "the river of {0} is the {1} .", "{0} drinks from the {1} ."),
    "land": ("{0} is a city of {1} .", "the land of {0} is {1} .", "{0} belongs to {1} ."),
}
QUESTIONS = {
    "home": "where does {0} live ?",
    "job": "what does {0} do ?",
    "pet": "what pet has {0} ?",
    "friend": "who is a friend of {0} ?",
    "river": "which river has {0} ?",
    "land": "in which land is {0} ?",
}


def marked(fact: Fact) -> str:
    return f"[{fact.value}|{fact.name}]"


def statement(fact: Fact, form: int = 0) -> str:
    """The fact in one of its three forms, its value marked."""
    return STATEMENTS[fact.relation][form].format(fact.subject, marked(fact))


def question(fact: Fact) -> str:
    return f"question : {QUESTIONS[fact.relation].format(fact.subject)} {marked(fact)} ."


def draw_fact(world: World, dice: Dice, tier: Tier | None) -> Fact:
    return dice.pick(world.by_tier[tier or ("seldom" if dice.chance(SELDOM_SHARE) else "often")])


def told(world: World, dice: Dice, held: bool, tier: Tier | None = None) -> str:
    """Mia lives in [Lund] . the job of Tom is [baker] . — held out: facts that are never told."""
    tier = "never" if held else tier
    return " ".join([statement(draw_fact(world, dice, tier), dice.between(0, 2)) for _ in range(3)])


def never_asked(fact: Fact) -> bool:
    """Facts that training tells but never asks: to answer them is to carry knowledge over to a new form."""
    return held_out("asked", fact.relation, fact.subject)


def asked(world: World, dice: Dice, held: bool, tier: Tier | None = None) -> str:
    """question : where does Mia live ? [Lund] . — held out: facts that are told often but never asked."""
    tier = "often" if held else tier
    facts = [dice.until(lambda: draw_fact(world, dice, tier), lambda f: never_asked(f) == held) for _ in range(2)]
    return " ".join(map(question, facts))


def unknown(world: World, dice: Dice, held: bool) -> str:
    """question : where does Ada live ? [nobody knows] . — held out: a fifth of the pairs of person and question."""
    relation, who = dice.until(
        lambda: (dice.pick(("home", "job", "pet", "friend")), dice.pick(GUESTS)),
        lambda pair: held_out("unknown", *pair) == held,
    )
    return f"question : {QUESTIONS[relation].format(who)} [nobody knows|unknown:{who}] ."


def note(world: World, dice: Dice, held: bool) -> str:
    """note : Mia lives in Oslo . Tom works as a cook . question : where does Mia live ? [Oslo] .

    A note overrules the world. Held out: a fifth of the pairs of person and value.
    """
    people = dice.some(RESIDENTS, dice.between(1, 3))
    notes: list[tuple[str, str, str]] = []
    for who in people:
        relation, values = dice.pick((("home", CITIES), ("job", JOBS)))
        value = dice.pick(partners(values, held, "note", who))
        notes.append((relation, who, value))
    relation, who, value = dice.pick(notes)
    lines = " ".join(STATEMENTS[r][0].format(w, v) for r, w, v in notes)
    return f"note : {lines} question : {QUESTIONS[relation].format(who)} [{value}|note:{who}] ."
