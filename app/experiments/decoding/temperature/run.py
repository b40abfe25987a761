"""One prompt at any temperature: the next token's probabilities, sampled sentences, and how likely the truth is."""

import math
from collections.abc import Callable, Sequence
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text_model import TINY, ModelControls, TextModel, text_model
from models.data.dice import Dice
from models.data.stated_facts import last_sentence, verdict
from models.data.tiny_world import world
from models.data.world import Fact
from models.language.generation import continuation
from models.language.sampling import draw as sample_token
from models.language.sampling import top_k
from models.layers.softmax import entropy, tempered_softmax, total_variation
from models.parameter_count import parameter_count
from models.seeding import generator, normal
from models.tokenization.tokenizer import ids_of

BARS = 10
LONGEST, SAMPLES, NEW_TOKENS = 32, 9, 8
FACTS, FEW_FACTS = 80, 12  # statements; fewer for a published model, which only continues them
GRID = tuple(np.geomspace(0.05, 5, 17).round(4).tolist())
COLDEST, HOTTEST = 1e-5, 1e3  # as good as 0 and as infinity
LOW, HIGH = 0.25, 2.0  # the two temperatures that the claim on truth compares
STEMS = {"home": "{} lives in", "pet": "{} has a", "land": "{} belongs to"}  # the value comes next; three tokens each
Applied = Literal["logits are divided", "probabilities are divided", "noise is added"]
Kept = Literal["all", "512", "5"]


class TemperatureControls(ModelControls):
    renamed: ClassVar = {
        "divide": "applied",
        "divide=logits": "logits are divided",
        "divide=probabilities": "probabilities are divided",
    }
    prompt: Sentence = Field("Mia", title="Prompt", description="The model continues it")
    temperature: float = Field(
        1, ge=0, le=5, multiple_of=0.05, title="Temperature τ", description="0 always takes the most likely token"
    )
    applied: Applied = Field("logits are divided", title="How τ is applied")
    kept: Kept = Field("all", title="Tokens that may be sampled", description="The most likely ones; others are cut")


class Endings(NamedTuple):
    """The value that ends statements of the tiny world."""

    chances: dict[str, Tensor]  # verdict → (temperatures,) mean probability, at every temperature of GRID
    true: tuple[float, float]  # mean probability of the true value at LOW and at HIGH


class Quality(NamedTuple):
    """The next token of some beginnings of statements, at every temperature of GRID."""

    entropy: Tensor  # (temperatures,) mean, nats
    first_is_first: float  # share of statements and temperatures at which the largest logit has the largest probability
    from_greedy: float  # largest distance from the greedy choice at COLDEST, 0 to 1
    from_uniform: float  # largest distance from the uniform distribution at HOTTEST
    endings: Endings | None  # None for a published model, which does not know the tiny world


class TemperatureResult(NamedTuple):
    controls: TemperatureControls
    logits: Tensor  # (V,) after the prompt
    p: Tensor  # (V,) at the temperature
    likeliest: list[str]  # the tokens of the BARS largest logits, as shown
    entropies: Tensor  # (temperatures,) of the prompt's next token, nats
    samples: list[tuple[str, str]]  # sentence and verdict
    quality: Quality
    parameters: int
    notices: list[str]


def divided(z: Tensor, temperature: Tensor | float) -> Tensor:
    """The probabilities divided by the temperature, then by their sum again: the temperature drops out."""
    p = z.softmax(dim=-1) / temperature
    return p / p.sum(dim=-1, keepdim=True)


def noised(z: Tensor, temperature: Tensor | float) -> Tensor:
    """softmax(z + τ ε) with normal noise ε (V,), the same at every temperature: the order of the tokens changes."""
    return (z + temperature * normal(z.shape[-1], seed=0).to(z.device)).softmax(dim=-1)


PROBABILITIES: dict[Applied, Callable[[Tensor, Tensor | float], Tensor]] = {
    "logits are divided": tempered_softmax,
    "probabilities are divided": divided,
    "noise is added": noised,
}


def distribution(z: Tensor, temperature: float, applied: Applied, kept: Kept) -> Tensor:
    """Probabilities of logits (…, V) by that rule, of the kept tokens; at 0 the likeliest token alone: (…, V)."""
    if kept != "all":
        z = top_k(z, int(kept))
    if temperature == 0:
        return torch.nn.functional.one_hot(z.argmax(dim=-1), z.shape[-1]).to(z.dtype)
    return PROBABILITIES[applied](z, temperature)


@memo
def quality(name: str, seed: int, applied: Applied, kept: Kept, device: str) -> Quality:
    """Facts chosen by the seed, stated often, seldom or never in training: what is how likely at each temperature?"""
    known = [fact for fact in world().facts if fact.relation in STEMS]
    facts = Dice(f"temperature {seed}").some(known, FACTS if name == TINY else FEW_FACTS)
    stems = [STEMS[fact.relation].format(fact.subject) for fact in facts]
    z = text_model(name, device).last_logits(stems).double()  # (N, V); small steps of the entropy want all digits
    every = [distribution(z, t, applied, kept) for t in GRID]
    cold, hot = (distribution(z, t, applied, kept) for t in (COLDEST, HOTTEST))
    return Quality(
        torch.stack([entropy(p).mean() for p in every]),
        torch.stack([(p.argmax(dim=-1) == z.argmax(dim=-1)).float().mean() for p in every]).mean().item(),
        (1 - cold.gather(1, z.argmax(dim=-1, keepdim=True))).max().item(),
        total_variation(hot, torch.full_like(hot, 1 / z.shape[-1])).max().item(),
        endings(facts, z, torch.stack(every), applied, kept) if name == TINY else None,
    )


def endings(facts: Sequence[Fact], z: Tensor, p: Tensor, applied: Applied, kept: Kept) -> Endings:
    """What statements of the tiny world end with, from logits z (N, V) and p (temperatures, N, V)."""
    right = torch.tensor([ids_of(fact.value)[0] for fact in facts], device=z.device)
    of_kind = {kind: {ids_of(fact.value)[0] for fact in world().facts if fact.relation == kind} for kind in STEMS}
    sensible = torch.zeros_like(z, dtype=torch.bool)
    for row, fact in zip(sensible, facts, strict=True):
        row[list(of_kind[fact.relation])] = True
    true = p.gather(-1, right.expand(len(GRID), -1)[..., None])[..., 0].mean(dim=-1)
    known = (p * sensible).sum(dim=-1).mean(dim=-1)
    ends = [distribution(z, t, applied, kept).gather(-1, right[:, None]).mean().item() for t in (LOW, HIGH)]
    return Endings({"true": true, "false": known - true, "neither": 1 - known}, (ends[0], ends[1]))


@torch.no_grad()
def run(controls: TemperatureControls, device: str) -> TemperatureResult:
    model, dice = text_model(controls.model, device), generator(controls.seed)
    t, applied, kept = controls.temperature, controls.applied, controls.kept
    prompt = model.read(controls.prompt, LONGEST, "prompt")
    rows = prompt.ids.expand(SAMPLES, -1)

    def chosen(z: Tensor, _: Tensor) -> Tensor:
        return sample_token(distribution(z, t, applied, kept).log(), dice)

    cache = model.decoder.new_cache()
    z = model.decoder(prompt.ids, cache)[0][0, -1]
    cache.truncate(rows.shape[1] - 1)
    cache.reorder(torch.zeros(SAMPLES, dtype=torch.long, device=rows.device))  # the prompt is read once for all samples
    new = continuation(model.decoder, rows, NEW_TOKENS, chosen, held=cache)
    top = z.topk(BARS).indices.tolist()
    return TemperatureResult(
        controls,
        z,
        distribution(z, t, applied, kept),
        [model.label(token) for token in top],
        torch.stack([entropy(distribution(z, warm, applied, kept)) for warm in GRID]),
        [judged(model, row, rows.shape[1]) for row in torch.cat([rows, new], dim=1).tolist()],
        quality(controls.model, controls.seed, applied, kept, device),
        parameter_count(model.decoder),
        prompt.notices,
    )


def judged(model: TextModel, ids: list[int], prompt: int) -> tuple[str, str]:
    """What was sampled, and whether it is true; the tiny world judges its own model alone."""
    if model.name != TINY:
        return model.decode(model.until_end(ids, prompt)).replace("\n", "↵"), "not judged"
    said = last_sentence(ids, prompt)
    return said, verdict(said)


def measure(result: TemperatureResult) -> Measurements:
    q, nats = result.quality, entropy(result.p).item()
    found = {
        "entropy_nats": nats,
        "effective_choices": math.exp(nats),
        "largest_probability": result.p.max().item(),
        "distinct_samples": float(len(set(result.samples))),
        "smallest_entropy_rise_nats": q.entropy.diff().min().item(),
        "likeliest_stays_first_share": q.first_is_first,
        "distance_from_greedy_near_0": q.from_greedy,
        "distance_from_uniform_near_infinity": q.from_uniform,
    }
    if q.endings is None:
        return found | {"prompt_entropy_gain_nats": _entropy_gain(result)}
    return found | _of_endings(q.endings, result.controls.temperature)


def _entropy_gain(result: TemperatureResult) -> float:
    """Of the token after the typed prompt, from LOW to HIGH."""
    c = result.controls
    low, high = (entropy(distribution(result.logits, t, c.applied, c.kept)).item() for t in (LOW, HIGH))
    return high - low


def _of_endings(endings: Endings, temperature: float) -> dict[str, float]:
    def at(kind: str) -> float:
        return float(np.interp(math.log(max(temperature, GRID[0])), np.log(GRID), endings.chances[kind].numpy()))

    return {
        "true_endings_share": at("true"),
        "false_endings_share": at("false"),
        "true_endings_at_low_temperature_share": endings.true[0],
        "true_endings_at_high_temperature_share": endings.true[1],
        "true_endings_lost_share": endings.true[0] - endings.true[1],
        "false_endings_when_cold_share": endings.chances["false"][0].item(),
    }
