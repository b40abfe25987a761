"""One prompt at any temperature: the next token's probabilities, sampled sentences, and how likely the truth is."""

import math
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Measurements, Sentence
from app.experiments.decoding.temperature.quality import (
    GRID,
    HIGH,
    LOW,
    Applied,
    Endings,
    Kept,
    Quality,
    distribution,
    quality,
)
from app.experiments.text_model import TINY, ModelControls, TextModel, text_model
from models.data.stated_facts import last_sentence, verdict
from models.language.generation import continuation
from models.language.sampling import draw as sample_token
from models.layers.softmax import entropy
from models.parameter_count import parameter_count
from models.seeding import generator

BARS = 10
LONGEST, SAMPLES, NEW_TOKENS = 32, 9, 8


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
