"""One prompt with its tokens, its end and its cut changed; and facts that the model completes from memory."""

from typing import NamedTuple

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import normalize

from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.tokens.word_borders.completions import (
    CHECKPOINT,
    WAYS,
    Completion,
    Cut,
    Ending,
    completions,
    next_logits,
    prompt_of,
    share,
)
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.tokenization.token_borders import joined
from models.tokenization.tokenizer import cut_notice, decode, encode, labels, pieces
from models.tokenization.vocabulary import folded

FACTS, LONGEST, BARS = 60, 12, 8


class BorderControls(Controls):
    text: Sentence = Field("Mia has a", title="Prompt", description=f"Up to {LONGEST} tokens")
    ending: Ending = Field("nothing", title="Behind the prompt")
    cut: Cut = Field("by the tokenizer", title="The prompt is cut")
    facts: int = Field(FACTS, ge=10, le=80, title="Facts that are asked", json_schema_extra=MORE)


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
