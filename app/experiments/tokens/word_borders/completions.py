"""Facts that a model completes from memory, with their beginnings cut in several ways."""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from app.experiments.memo import memo
from models.data.dice import Dice
from models.data.kinds.facts import statement
from models.data.sample import plain
from models.data.world import Fact, world
from models.language.behind_each_text import logits_behind
from models.language.pretrained_decoders import pretrained
from models.tokenization.token_borders import begins_with, healed, spelt
from models.tokenization.tokenizer import END, ids_of, labels

CHECKPOINT = "decoder"
RELATIONS = ("home", "job", "pet")

Ending = Literal["nothing", "a space", "a space, taken back"]
Cut = Literal["by the tokenizer", "first word in letters", "one more space inside"]
WAYS: dict[str, tuple[Ending, Cut]] = {
    "as it is": ("nothing", "by the tokenizer"),
    "␣ at the end": ("a space", "by the tokenizer"),
    "␣ taken back": ("a space, taken back", "by the tokenizer"),
    "name in letters": ("nothing", "first word in letters"),
    "␣ inside": ("nothing", "one more space inside"),
}
"""What is compared on the same facts, by name."""


class Prompt(NamedTuple):
    """The tokens that the model reads, and those of which the next one may be any."""

    ids: list[int]
    allowed: Tensor | None  # (V,) None: all


class Completion(NamedTuple):
    fact: Fact
    said: str  # the next token
    right: bool
    repeats: bool  # whether it is the last word of the prompt again


def prompt_of(text: str, ending: Ending, cut: Cut) -> Prompt:
    """A text as token ids, without the end-of-text token before it."""
    first, _, rest = text.partition(" ")
    if cut == "first word in letters":
        ids = spelt(f" {first}") + ids_of(rest)
    elif cut == "one more space inside":
        ids = ids_of(first) + spelt(" ") + ids_of(rest)
    else:
        ids = ids_of(text)
    if ending == "nothing":
        return Prompt(ids, None)
    return Prompt(ids + spelt(" "), None) if ending == "a space" else Prompt(ids, begins_with(b" "))


def next_logits(prompts: list[Prompt], device: str) -> Tensor:
    """Logits (N, V) behind each prompt; −∞ where a token does not begin as what was taken back."""
    z = logits_behind(pretrained(CHECKPOINT, device), [[END, *one.ids] for one in prompts]).cpu()
    return torch.stack([row if one.allowed is None else healed(row, one.allowed) for row, one in zip(z, prompts)])


@memo
def asked(seed: int, count: int) -> list[Fact]:
    """Facts that training stated often, in random order."""
    often = [fact for fact in world().by_tier["often"] if fact.relation in RELATIONS]
    return Dice(f"word borders {seed}").some(often, count)


@memo
@torch.inference_mode()
def completions(ending: Ending, cut: Cut, seed: int, count: int, device: str) -> list[Completion]:
    """What the model says first behind each fact’s beginning."""
    facts = asked(seed, count)
    begun = [plain(statement(fact)).rsplit(f" {fact.value}", 1)[0] for fact in facts]
    z = next_logits([prompt_of(text, ending, cut) for text in begun], device)
    found = []
    for fact, text, token in zip(facts, begun, z.argmax(dim=-1).tolist(), strict=True):
        right = token == ids_of(fact.value)[0]
        found.append(Completion(fact, labels()[token], right, token == ids_of(text)[-1]))
    return found


def share(found: list[Completion]) -> float:
    """How many of the facts are completed."""
    return sum(one.right for one in found) / len(found)
