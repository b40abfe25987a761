"""One prompt at any temperature: the next token's probabilities, sampled sentences, and how likely the truth is."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements, Sentence
from app.experiments.text import read_document
from models.data.dice import Dice
from models.data.stated_facts import last_sentence, verdict
from models.data.tiny_world import world
from models.language.generation import continuation
from models.language.pretrained_decoders import pretrained
from models.language.sampling import draw as sample_token
from models.language.sampling import top_k
from models.layers.softmax import entropy, tempered_softmax, total_variation
from models.parameter_count import parameter_count
from models.seeding import generator, normal
from models.tokenization.tokenizer import END, ids_of

BARS = 10
LONGEST, SAMPLES, NEW_TOKENS, FACTS = 32, 9, 8, 80
GRID = tuple(np.geomspace(0.05, 5, 17).round(4).tolist())
COLDEST, HOTTEST = 1e-5, 1e3  # as good as 0 and as infinity
LOW, HIGH = 0.25, 2.0  # the two temperatures that the claim on truth compares
STEMS = {"home": "{} lives in", "pet": "{} has a", "land": "{} belongs to"}  # the value comes next; three tokens each
Applied = Literal["logits are divided", "probabilities are divided", "noise is added"]
Kept = Literal["all", "512", "5"]


class TemperatureControls(Controls):
    prompt: Sentence = Field("Mia", title="Prompt", description="The model continues it")
    temperature: float = Field(
        1, ge=0, le=5, multiple_of=0.05, title="Temperature τ", description="0 always takes the most likely token"
    )
    applied: Applied = Field("logits are divided", title="How τ is applied")
    kept: Kept = Field("all", title="Tokens that may be sampled", description="The most likely ones; others are cut")


class Quality(NamedTuple):
    """The value that ends statements of the tiny world, at every temperature of GRID."""

    entropy: Tensor  # (temperatures,) mean, nats
    chances: dict[str, Tensor]  # verdict → (temperatures,) mean probability
    truth: tuple[float, float]  # mean probability of the true value at LOW and at HIGH
    first_is_first: float  # share of statements and temperatures at which the largest logit has the largest probability
    from_greedy: float  # largest distance from the greedy choice at COLDEST, 0 to 1
    from_uniform: float  # largest distance from the uniform distribution at HOTTEST


class TemperatureResult(NamedTuple):
    controls: TemperatureControls
    logits: Tensor  # (V,) after the prompt
    p: Tensor  # (V,) at the temperature
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


@lru_cache(maxsize=64)
def quality(seed: int, applied: Applied, kept: Kept, device: str) -> Quality:
    """Facts chosen by the seed, stated often, seldom or never in training: what is how likely at each temperature?"""
    facts = Dice(f"temperature {seed}").some([f for f in world().facts if f.relation in STEMS], FACTS)
    stems = torch.tensor([[END, *ids_of(STEMS[f.relation].format(f.subject))] for f in facts], device=device)
    z = pretrained("decoder", device)(stems)[0][:, -1].double()  # (N, V); small steps of the entropy want all digits
    p = torch.stack([distribution(z, t, applied, kept) for t in GRID])  # (temperatures, N, V)
    right = torch.tensor([ids_of(fact.value)[0] for fact in facts], device=device)
    of_kind = {kind: {ids_of(fact.value)[0] for fact in world().facts if fact.relation == kind} for kind in STEMS}
    sensible = torch.zeros_like(z, dtype=torch.bool)
    for row, fact in zip(sensible, facts, strict=True):
        row[list(of_kind[fact.relation])] = True
    true = p.gather(-1, right.expand(len(GRID), -1)[..., None])[..., 0].mean(dim=-1)
    known = (p * sensible).sum(dim=-1).mean(dim=-1)
    ends = [distribution(z, t, applied, kept).gather(-1, right[:, None]).mean().item() for t in (LOW, HIGH)]
    cold, hot = (distribution(z, t, applied, kept) for t in (COLDEST, HOTTEST))
    return Quality(
        entropy(p).mean(dim=-1),
        {"true": true, "false": known - true, "neither": 1 - known},
        (ends[0], ends[1]),
        (p.argmax(dim=-1) == z.argmax(dim=-1)).float().mean().item(),
        (1 - cold.gather(1, z.argmax(dim=-1, keepdim=True))).max().item(),
        total_variation(hot, torch.full_like(hot, 1 / z.shape[-1])).max().item(),
    )


@torch.no_grad()
def run(controls: TemperatureControls, device: str) -> TemperatureResult:
    model, dice = pretrained("decoder", device), generator(controls.seed)
    t, applied, kept = controls.temperature, controls.applied, controls.kept
    prompt = read_document(controls.prompt, LONGEST, "prompt", device)
    rows = prompt.ids.expand(SAMPLES, -1)

    def chosen(z: Tensor, _: Tensor) -> Tensor:
        return sample_token(distribution(z, t, applied, kept).log(), dice)

    new = continuation(model, rows, NEW_TOKENS, chosen)
    sentences = [last_sentence(row, rows.shape[1]) for row in torch.cat([rows, new], dim=1).tolist()]
    z = model(prompt.ids)[0][0, -1]
    return TemperatureResult(
        controls,
        z,
        distribution(z, t, applied, kept),
        torch.stack([entropy(distribution(z, warm, applied, kept)) for warm in GRID]),
        [(said, verdict(said)) for said in sentences],
        quality(controls.seed, applied, kept, device),
        parameter_count(model),
        prompt.notices,
    )


def measure(result: TemperatureResult) -> Measurements:
    q, t = result.quality, max(result.controls.temperature, GRID[0])
    nats = entropy(result.p).item()

    def at(kind: str) -> float:
        return float(np.interp(math.log(t), np.log(GRID), q.chances[kind].numpy()))

    return {
        "entropy_nats": nats,
        "effective_choices": math.exp(nats),
        "largest_probability": result.p.max().item(),
        "distinct_samples": float(len(set(result.samples))),
        "true_endings_share": at("true"),
        "false_endings_share": at("false"),
        "true_endings_at_low_temperature_share": q.truth[0],
        "true_endings_at_high_temperature_share": q.truth[1],
        "true_endings_lost_share": q.truth[0] - q.truth[1],
        "false_endings_when_cold_share": q.chances["false"][0].item(),
        "smallest_entropy_rise_nats": q.entropy.diff().min().item(),
        "likeliest_stays_first_share": q.first_is_first,
        "distance_from_greedy_near_0": q.from_greedy,
        "distance_from_uniform_near_infinity": q.from_uniform,
    }
