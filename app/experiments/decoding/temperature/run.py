"""One prompt at any temperature: the next token's probabilities, sampled sentences, and how likely the truth is."""

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
from models.language.sampling import draw as draw_token
from models.layers.softmax import entropy, tempered_softmax, total_variation
from models.parameter_count import parameter_count
from models.seeding import generator
from models.tokenization.tokenizer import END, ids_of

BARS = 10

LONGEST, SAMPLES, NEW_TOKENS, FACTS = 32, 9, 8, 40
GRID = tuple(np.geomspace(0.05, 5, 25).round(4).tolist())
COLDEST, HOTTEST = 1e-5, 1e3  # as good as 0 and as infinity
STEMS = {"home": "{} lives in", "pet": "{} has a", "land": "{} belongs to"}  # the value comes next; three tokens each


class TemperatureControls(Controls):
    prompt: Sentence = Field("Mia", title="Prompt", description="Read after <|end|>, as every text in its training")
    temperature: float = Field(1, ge=0.05, le=5, multiple_of=0.05, title="Temperature", json_schema_extra={"log": True})
    divide: Literal["logits", "probabilities"] = Field("logits", title="Divide", description="What temperature divides")


class Quality(NamedTuple):
    """The value that ends statements of the tiny world, at every temperature of GRID."""

    entropy: Tensor  # (temperatures,) mean, nats
    chances: dict[str, Tensor]  # verdict → (temperatures,) mean probability
    from_greedy: float  # largest distance from the greedy choice at COLDEST, 0 to 1
    from_even: float  # largest distance from even shares at HOTTEST


class TemperatureResult(NamedTuple):
    controls: TemperatureControls
    logits: Tensor  # (V,) after the prompt
    p: Tensor  # (V,) at the temperature
    grid: tuple[float, ...]
    entropies: Tensor  # (temperatures,) of the prompt's next token, nats
    samples: list[tuple[str, str]]  # sentence and verdict
    quality: Quality
    parameters: int
    notices: list[str]


def heated(z: Tensor, temperature: Tensor | float, divide: str) -> Tensor:
    """Logits at a temperature. To divide probabilities and let them add up to one again leaves them as they were."""
    return z / temperature if divide == "logits" else (z.softmax(dim=-1) / temperature).log()


def divided(z: Tensor, temperature: Tensor | float) -> Tensor:
    """The shares when probabilities are divided, and divided by their sum again: the temperature drops out."""
    p = z.softmax(dim=-1) / temperature
    return p / p.sum(dim=-1, keepdim=True)


SHARES = {"logits": tempered_softmax, "probabilities": divided}


@lru_cache(maxsize=64)
def quality(seed: int, divide: str, device: str) -> Quality:
    """Facts drawn by the seed, often told, seldom told and never told: how likely is what at each temperature?"""
    facts = Dice(f"temperature {seed}").some([f for f in world().facts if f.relation in STEMS], FACTS)
    stems = torch.tensor([[END, *ids_of(STEMS[f.relation].format(f.subject))] for f in facts], device=device)
    z = pretrained("decoder", device)(stems)[0][:, -1]  # (N, V)
    p = heated(z, torch.tensor(GRID, device=device)[:, None, None], divide).softmax(dim=-1)  # (temperatures, N, V)
    right = torch.tensor([ids_of(fact.value)[0] for fact in facts], device=device)
    of_kind = {kind: {ids_of(fact.value)[0] for fact in world().facts if fact.relation == kind} for kind in STEMS}
    sensible = torch.zeros_like(z, dtype=torch.bool)
    for row, fact in zip(sensible, facts, strict=True):
        row[list(of_kind[fact.relation])] = True
    true = p.gather(-1, right.expand(len(GRID), -1)[..., None])[..., 0].mean(dim=-1)
    known = (p * sensible).sum(dim=-1).mean(dim=-1)
    cold, hot = (heated(z, t, divide).softmax(dim=-1) for t in (COLDEST, HOTTEST))
    return Quality(
        entropy(p).mean(dim=-1),
        {"true": true, "false": known - true, "neither": 1 - known},
        (1 - cold.gather(1, z.argmax(dim=-1, keepdim=True))).max().item(),
        total_variation(hot, torch.full_like(hot, 1 / z.shape[-1])).max().item(),
    )


@torch.no_grad()
def run(controls: TemperatureControls, device: str) -> TemperatureResult:
    model, draws = pretrained("decoder", device), generator(controls.seed)
    t, divide = controls.temperature, controls.divide
    prompt = read_document(controls.prompt, LONGEST, "prompt", device)
    rows = prompt.ids.expand(SAMPLES, -1)
    new = continuation(model, rows, NEW_TOKENS, lambda z, _: draw_token(heated(z, t, divide), draws))
    sentences = [last_sentence(row, rows.shape[1]) for row in torch.cat([rows, new], dim=1).tolist()]
    z = model(prompt.ids)[0][0, -1]
    return TemperatureResult(
        controls,
        z,
        SHARES[divide](z, t),
        GRID,
        entropy(SHARES[divide](z, torch.tensor(GRID, device=device)[:, None])),
        [(said, verdict(said)) for said in sentences],
        quality(controls.seed, divide, device),
        parameter_count(model),
        prompt.notices,
    )


def measure(result: TemperatureResult) -> Measurements:
    q, t = result.quality, result.controls.temperature
    nats = entropy(result.p).item()

    def at(temperature: float, kind: str) -> float:
        return float(np.interp(np.log(temperature), np.log(GRID), q.chances[kind].numpy()))

    return {
        "entropy_nats": nats,
        "effective_choices": float(np.exp(nats)),
        "largest_probability": result.p.max().item(),
        "distinct_samples": float(len(set(result.samples))),
        "chance_of_the_truth": at(t, "true"),
        "chance_of_an_error": at(t, "false"),
        "truth_lost_to_heat": at(0.25, "true") - at(2.0, "true"),
        "errors_when_cold": at(GRID[0], "false"),
        "smallest_entropy_rise_nats": q.entropy[np.array(GRID) > 0.2].diff().min().item(),
        "distance_from_greedy_near_0": q.from_greedy,
        "distance_from_even_near_infinity": q.from_even,
        "distance_from_limits": max(q.from_greedy, q.from_even),
    }
