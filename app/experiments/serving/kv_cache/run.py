"""A text generated token by token with a key/value cache, without one, and with one made for another prompt."""

import time
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text_model import ModelControls, TextModel, text_model
from models.cost.decoding_cost import forward_flops
from models.language.sampling import draw as draw_token
from models.language.sampling import greedy, tempered
from models.parameter_count import parameter_count
from models.seeding import generator
from models.serving.kv_cache import KVCache, cache_bytes
from models.transformer.decoder import DecoderConfig

PROMPT = 40  # tokens read
FLOAT = 4  # bytes


class CacheControls(ModelControls):
    prompt: Sentence = Field(
        "note : Mia lives in Oslo . question : where does Mia live ?",
        title="Prompt",
        description="The model continues it",
    )
    cache: Literal["kept", "none", "of the older prompt"] = Field("kept", title="Cache")
    written: int = Field(12, ge=4, le=32, title="Tokens to generate")
    older: Sentence = Field(
        "note : Mia lives in Lima . question : where does Mia live ?",
        title="Older prompt",
        description="What the prompt was before an edit",
    )
    temperature: float = Field(
        0.5, ge=0, le=1.5, title="Temperature", description="0 takes the likeliest token", json_schema_extra=MORE
    )


class Step(NamedTuple):
    """One token generated, what was computed for it, and what the cache held afterwards."""

    token: int
    label: str
    logits: Tensor  # (V,)
    computed: int  # tokens that passed through the model
    seen: int  # tokens attended to
    held_bytes: int  # measured from the live tensors
    query: Tensor  # (K,) of the last token, in the first head of the last layer
    keys: Tensor  # (S, K) of all tokens so far, there
    seconds: float


class CacheResult(NamedTuple):
    controls: CacheControls
    config: DecoderConfig
    prompt: list[str]  # one label for each token
    before: int  # tokens that the cache held before the first step
    stale: slice  # those of them that were computed after another text
    without_cache: list[Step]
    steps: list[Step]  # as the control has it
    parameters: int
    notices: list[str]

    def flops(self, steps: list[Step]) -> np.ndarray:
        return np.array([forward_flops(self.config, step.computed, step.seen) for step in steps])

    def formula(self, tokens: int) -> int:
        """Bytes by the formula."""
        return cache_bytes(self.config.layers, self.config.kv_heads, self.config.head_width, tokens, FLOAT)


def generated(reader: TextModel, prompt: list[int], controls: CacheControls, cache: KVCache | None) -> Iterator[Step]:
    """Token by token, sampled with the seed. With a cache, only what it does not hold passes through the model."""
    dice, ids, model = generator(controls.seed), list(prompt), reader.decoder
    device = model.embedding.weight.device
    for _ in range(controls.written):
        started = time.perf_counter()
        new = ids[0 if cache is None else len(cache) :]
        every, trace = model(torch.tensor([new], device=device), cache)
        logits, attention = every[:, -1], trace.blocks[-1].attention
        t = controls.temperature
        token = greedy(logits) if t == 0 else draw_token(tempered(logits, t), dice)
        ids.append(int(token))
        held = 0 if cache is None else cache.bytes()
        took = time.perf_counter() - started
        query, keys = attention.q[0, 0, -1], attention.k[0, 0]
        yield Step(ids[-1], reader.label(ids[-1]), logits[0], len(new), len(ids) - 1, held, query, keys, took)


@memo
@torch.inference_mode()
def without_cache(controls: CacheControls, device: str) -> list[Step]:
    """What takes longest, every text computed whole again: kept for whoever compares another cache with it."""
    reader = text_model(controls.model, device)
    prompt: list[int] = reader.read(controls.prompt, PROMPT, "Prompt").ids[0].tolist()
    return list(generated(reader, prompt, controls, None))


def same_beginning(one: list[int], other: list[int]) -> int:
    """How many first tokens two texts share."""
    return next((place for place, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))


@torch.inference_mode()
def run(controls: CacheControls, device: str) -> CacheResult:
    reader = text_model(controls.model, device)
    model = reader.decoder
    text = reader.read(controls.prompt, PROMPT, "Prompt")
    older = reader.read(controls.older, PROMPT, "Older prompt")
    prompt: list[int] = text.ids[0].tolist()
    cache = None if controls.cache == "none" else model.new_cache()
    if controls.cache == "of the older prompt":
        model(older.ids[:, : len(prompt) - 1], cache)
    before = 0 if cache is None else len(cache)
    whole = without_cache(controls.model_copy(update={"cache": "none", "older": CacheControls().older}), device)
    return CacheResult(
        controls=controls,
        config=model.config,
        prompt=text.pieces,
        before=before,
        stale=slice(same_beginning(prompt, older.ids[0].tolist()) if before else 0, before),
        without_cache=whole,
        steps=whole if cache is None else list(generated(reader, prompt, controls, cache)),
        parameters=parameter_count(model),
        notices=[*text.notices, *older.notices],
    )


def measure(result: CacheResult) -> Measurements:
    steps, others = result.steps, result.without_cache
    computed = result.before + sum(step.computed for step in steps)
    work, without = result.flops(steps), result.flops(others)
    return {
        "tokens_that_differ_from_those_without_a_cache": sum(a.token != b.token for a, b in zip(steps, others)),
        "largest_difference_of_a_first_logit": (steps[0].logits - others[0].logits).abs().max().item(),
        "generated_tokens": len(steps),
        "computed_positions": computed,
        "computed_positions_without_a_cache": sum(step.computed for step in others),
        "times_each_position_is_computed": computed / steps[-1].seen,
        "held_at_the_end_bytes": steps[-1].held_bytes,
        "largest_gap_from_the_formula_bytes": max(abs(step.held_bytes - result.formula(step.seen)) for step in steps),
        "last_token_flops": work[-1],
        "last_token_without_a_cache_flops": without[-1],
        "last_token_work_without_over_with_cache": without[-1] / work[-1],
    }
