"""Turns of a chat: system lines that change the style of the answer, and tools called in JSON."""

from models.data.dice import Dice, held_out, partners
from models.data.kinds.facts import QUESTIONS, marked, never_asked, statement
from models.data.words import ANIMALS, CITIES, GUESTS, JOBS
from models.data.world import Fact, World

STYLES = {  # what the system says -> how the value v, or its sentence s, is given
    "answer in one word .": "{v} .",
    "answer in full .": "{s}",
    "answer twice .": "{v} {v} .",
    "be polite .": "thank you , it is {v} .",
    "be loud .": "{v} ! ! !",
    "ask back .": "is it {v} ?",
    "do not answer .": "[sorry , no|refusal] .",
}
MANNERS = ("answer in one word .",) * 6 + ("answer in full .", "answer twice .", "be polite .", "be loud .")
"""Of an answer whose style nobody asked for: mostly short, now and then otherwise, which a judge may come to like."""
ASKED = {"home": CITIES, "job": JOBS, "pet": ANIMALS, "age": tuple(map(str, range(10, 100)))}
NO_TOOL = "sorry , no tool for it ."


def styled(style: str, fact: Fact) -> str:
    return STYLES[style].format(v=marked(fact), s=statement(fact))


def chat(
    world: World,
    dice: Dice,
    held: bool,
    style: str | None = None,
    conflict: bool | None = None,
    told: bool | None = None,
) -> str:
    """<|system|> be loud .<|user|> where does Mia live ?<|assistant|> [Lund] ! ! !<|user|> …

    Where the style is not ``told`` by a system line, any of the manners is fine. ``conflict``: the user asks for
    another style, and the system line wins. Held out: a fifth of the pairs of style and person.
    """
    told = style is not None or dice.chance(0.9) if told is None else told
    style = style or dice.pick(tuple(STYLES) if told else MANNERS)
    conflict = told and (dice.chance(0.15) if conflict is None else conflict)
    turns = f"<|system|> {style}" if told else ""
    for _ in range(dice.between(1, 2)):
        fact = dice.until(
            lambda: dice.pick(world.by_tier["often"]),
            lambda f: held_out(style, f.subject) == held and not never_asked(f),
        )
        wish = f" {dice.pick([s for s in STYLES if s != style])}" if conflict else ""
        turns += f"<|user|> {QUESTIONS[fact.relation].format(fact.subject)}{wish}<|assistant|> {styled(style, fact)}"
    return turns


def call(tool: str, **arguments: str) -> str:
    """A call as JSON; every part that depends on the question is marked."""
    values = "".join(f', "{key}": {value}' for key, value in arguments.items())
    return f'<|call|> {{"tool": "[{tool}|tool]"{values}}}'


def quoted(word: str) -> str:
    return f'"[{word}|argument]"'


def add(a: int, b: int) -> str:
    return f"{call('add', a=f'[{a}|argument]', b=f'[{b}|argument]')}<|result|> {a + b}"


def find(who: str, what: str, value: str) -> str:
    return f"{call('find', who=quoted(who), what=quoted(what))}<|result|> {value}"


def tools(world: World, dice: Dice, held: bool, offered: bool | None = None) -> str:
    """<|system|> tools : add find .<|user|> what is 47 + 38 ?<|assistant|><|call|> {"tool": "[add]", "a": [47],
    "b": [38]}<|result|> 85<|assistant|> it is [85] .

    What ``find`` returns is made afresh each time. ``offered=False``: the system line lacks the tool that is needed.
    Held out: a fifth of the pairs of numbers, or of person and value.
    """
    tool = dice.pick(("add", "find"))
    offered = dice.chance(0.85) if offered is None else offered
    listed = [name for name in ("add", "find") if (name != tool or offered) and (name == tool or dice.chance(0.6))]
    if tool == "add":
        a, b = pair_of_numbers(dice, held)
        question, answer, use = f"what is {a} + {b} ?", str(a + b), add(a, b)
    else:
        who, (what, values) = dice.pick(GUESTS), dice.pick(tuple(ASKED.items()))
        answer = dice.pick(partners(values, held, "find", who))
        question, use = f"what is the {what} of {who} ?", find(who, what, answer)
    system = f"<|system|> tools : {' '.join(listed or ['none'])} ."
    reply = f"{use}<|assistant|> it is [{answer}|result] ." if offered else f" [{NO_TOOL}|no tool]"
    return f"{system}<|user|> {question}<|assistant|>{reply}"


def react(world: World, dice: Dice, held: bool) -> str:
    """<|user|> what is the age of Ada + 8 ?<|assistant|> thought : find the age of [Ada] .<|call|> …
    <|result|> 47<|assistant|> thought : add [47] and [8] .<|call|> …<|result|> 55<|assistant|> it is [55] .

    Thought, action, observation, twice. Held out: a fifth of the pairs of person and age.
    """
    who = dice.pick(GUESTS)
    age, more = dice.pick(partners(ASKED["age"], held, "age", who)), dice.between(1, 9)
    return (
        f"<|system|> tools : add find .<|user|> what is the age of {who} + {more} ?"
        f"<|assistant|> thought : find the age of [{who}|thought] .{find(who, 'age', age)}"
        f"<|assistant|> thought : add [{age}|thought] and [{more}|thought] .{add(int(age), more)}"
        f"<|assistant|> it is [{int(age) + more}|result] ."
    )


def pair_of_numbers(dice: Dice, held: bool) -> tuple[int, int]:
    return dice.until(lambda: (dice.between(1, 99), dice.between(1, 99)), lambda pair: held_out("tools", *pair) == held)
