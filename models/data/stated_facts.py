"""Whether what a model wrote is true: a sentence judged by the facts of the tiny world."""

import re
from collections.abc import Sequence

from models.data.kinds.facts import STATEMENTS
from models.data.tiny_world import world
from models.tokenization.tokenizer import decode, ids_of

FULL_STOP = ids_of(".")[0]
FORMS = [
    (relation, re.compile(form.removesuffix(" .").format(r"(\w+)", r"(\w+)")))
    for relation, forms in STATEMENTS.items()
    for form in forms
]


def verdict(sentence: str) -> str:
    """“true” or “false” where the sentence states a fact of the tiny world, else “neither”."""
    for relation, form in FORMS:
        if found := form.fullmatch(sentence.strip().removesuffix(" .")):
            try:
                return "true" if world().of(relation, found[1]).value == found[2] else "false"
            except KeyError:  # of someone or something that the world knows nothing about
                return "neither"
    return "neither"


def last_sentence(ids: Sequence[int], prompt: int) -> str:
    """The sentence that the first ``prompt`` tokens began and the others went on with, to its full stop."""
    ended = [at for at, token in enumerate(ids) if token == FULL_STOP]
    end = next((at + 1 for at in ended if at >= prompt), len(ids))
    start = max((at + 1 for at in ended if at < prompt), default=1)  # token 0 is the end of another text
    return decode(ids[start:end])
