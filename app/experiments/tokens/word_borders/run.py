"""One prompt with its tokens, its end and its cut changed; and facts that the model completes from memory."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import normalize
from torch.nn.utils.rnn import pad_sequence

from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.memo import memo
from models.data.dice import Dice
from models.data.kinds.facts import statement
from models.data.sample import plain
from models.data.world import Fact, world
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.tokenization.token_borders import begins_with, healed, joined, spelt
from models.tokenization.tokenizer import END, cut_notice, decode, encode, ids_of, labels, pieces
from models.tokenization.vocabulary import folded

CHECKPOINT = "decoder"
FACTS, LONGEST, BARS = 60, 12, 8
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


class BorderControls(Controls):
    text: Sentence = Field("Mia has a", title="Prompt", description=f"Up to {LONGEST} tokens")
    ending: Ending = Field("nothing", title="Behind the prompt")
    cut: Cut = Field("by the tokenizer", title="The prompt is cut")
    facts: int = Field(FACTS, ge=10, le=80, title="Facts that are asked", json_schema_extra=MORE)


class Prompt(NamedTuple):
    """The tokens that the model reads, and those of which the next one may be any."""

    ids: list[int]
    allowed: Tensor | None  # (V,) None: all


class Completion(NamedTuple):
    fact: Fact
    said: str  # the next token
    right: bool
    repeats: bool  # whether it is the last word of the prompt again


class BorderResult(NamedTuple):
    controls: BorderControls
    ids: list[int]
    pieces: list[str]
    raw: list[bytes]
    z: Tensor  # (V,) logits behind the prompt, as they are used
    shown: Tensor  # (BARS,) the likeliest tokens
    names: list[str]
    completions: list[Completion]
    completed: dict[str, float]  # way → share of the facts that are completed
    same_digit_cosine: float  # of the rows of “ 7” and “7”, mean over digits
    other_digit_cosine: float  # of “ 7” and every other digit without a space
    parameters: int
    notices: list[str]


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
    rows = [torch.tensor([END, *one.ids]) for one in prompts]
    ends = torch.tensor([len(row) - 1 for row in rows])
    z = pretrained(CHECKPOINT, device)(pad_sequence(rows, batch_first=True).to(device))[0].cpu()
    z = z[torch.arange(len(rows)), ends]
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


def digit_cosines(device: str) -> tuple[float, float]:
    """Mean cosine of the rows of one digit with and without a space, and of two different digits."""
    rows = normalize(pretrained(CHECKPOINT, device).embedding.weight.cpu(), dim=-1)
    table = labels()
    led, bare = (torch.tensor([table.index(f"{dot}{digit}") for digit in range(10)]) for dot in ("", "·"))
    cosines = rows[led] @ rows[bare].T
    same = cosines.diagonal().mean().item()
    return same, ((cosines.sum() - cosines.diagonal().sum()) / 90).item()


@torch.inference_mode()
def run(controls: BorderControls, device: str) -> BorderResult:
    c = controls
    typed = folded(c.text.strip() or "Mia has a")
    encoded = encode(typed, LONGEST, "text")
    notices = [] if encoded.cut_at is None else [cut_notice(typed, encoded.cut_at, "text")]
    prompt = prompt_of(decode(encoded.ids), c.ending, c.cut)
    z = next_logits([prompt], device)[0]
    shown = z.topk(BARS).indices
    return BorderResult(
        controls=c,
        ids=prompt.ids,
        pieces=pieces(prompt.ids),
        raw=[joined([i]) for i in prompt.ids],
        z=z,
        shown=shown,
        names=pieces(shown.tolist()),
        completions=completions(c.ending, c.cut, c.seed, c.facts, device),
        completed={name: share(completions(*way, c.seed, c.facts, device)) for name, way in WAYS.items()},
        same_digit_cosine=(cosines := digit_cosines(device))[0],
        other_digit_cosine=cosines[1],
        parameters=parameter_count(pretrained(CHECKPOINT, device)),
        notices=notices,
    )


def measure(result: BorderResult) -> Measurements:
    count = len(result.completions)
    best = result.z.softmax(dim=-1).max().item()
    return {
        "completed_share": share(result.completions),
        "completed_after_a_space": result.completed["␣ at the end"],
        "letters_completed_share": result.completed["name in letters"],
        "repeats_last_word_share": sum(one.repeats for one in result.completions) / count,
        "prompt_tokens": len(result.ids),
        "prompt_bytes": sum(map(len, result.raw)),
        "likeliest_probability": best,
        "same_digit_cosine": result.same_digit_cosine,
        "other_digit_cosine": result.other_digit_cosine,
    }
