"""A fact hidden in filler of any length."""

from models.data.dice import Dice
from models.data.kinds.context import bind
from models.data.words import COLOURS, GUESTS, NONCE
from models.data.world import World

SCENES = (
    "the sky is {0} .",
    "the grass is {0} .",
    "a {0} door is open .",
    "the sun is warm today .",
    "rain falls on the road .",
    "the wind is cold today .",
    "a {0} boat is on the sea .",
    "the road is long .",
)


def filler(dice: Dice, words: int) -> list[str]:
    """Sentences of little interest with at least so many words together."""
    lines: list[str] = []
    while words > 0:
        line = dice.pick(SCENES).format(dice.pick(COLOURS))
        lines.append(line)
        words -= line.count(" ") + 1
    return lines


def needles(
    world: World,
    dice: Dice,
    held: bool,
    length: int | None = None,
    depth: float | None = None,
    distractors: int | None = None,
) -> str:
    """the sky is blue . the secret word of Ada is wug . the road is long . what is the secret word of Ada ? [wug] .

    ``length``: words of filler; ``depth``: 0 puts the needle at the beginning, 1 at the end; ``distractors``: needles
    of other people. Held out: a fifth of the pairs of person and word.
    """
    who, *others = dice.some(GUESTS, 1 + (dice.between(0, 2) if distractors is None else distractors))
    secret = bind([who, *others], NONCE, dice, held, "needle")
    lines = filler(dice, dice.between(10, 120) if length is None else length)
    for name in others:
        lines.insert(dice.between(0, len(lines)), f"the secret word of {name} is {secret[name]} .")
    at = dice.between(0, len(lines)) if depth is None else round(depth * len(lines))
    lines.insert(at, f"the secret word of {who} is {secret[who]} .")
    return f"{' '.join(lines)} what is the secret word of {who} ? [{secret[who]}|needle:{who}] ."


def joined_needles(world: World, dice: Dice, held: bool, length: int | None = None) -> str:
    """Ada keeps the red box . … the red box hides wug . … what does Ada hide ? [wug] .

    Two needles, one answer; each stands somewhere in the filler. Held out: a fifth of the pairs of person and word.
    """
    who, other = dice.some(GUESTS, 2)
    colours = dice.some(COLOURS, 2)
    secret = bind([who, other], NONCE, dice, held, "needle")
    lines = filler(dice, dice.between(10, 60) if length is None else length)
    for name, colour in zip((who, other), colours, strict=True):
        lines.insert(dice.between(0, len(lines)), f"{name} keeps the {colour} box .")
        lines.insert(dice.between(0, len(lines)), f"the {colour} box hides {secret[name]} .")
    return f"{' '.join(lines)} what does {who} hide ? [{secret[who]}|joined:{who}] ."
