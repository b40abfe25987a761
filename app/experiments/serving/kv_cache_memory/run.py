"""Bytes of a key/value cache: counted for real models, measured on small live ones."""

from typing import ClassVar, Literal, NamedTuple, get_args

import torch
from pydantic import Field

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.published.cache import bytes_held, tokens_held
from models.published.configs import CONFIGS, ModelConfig
from models.published.weights import total_weights
from models.real.folder import load_decoder, present
from models.seeding import generator
from models.serving.toy_caches import CacheSizes, RepeatingCache, ToyCache, toy_cache

LENGTHS = tuple(2**power for power in range(7, 18))
GB = 1e9

TOYS = 12

Model = Literal[
    "GPT-3 175B",
    "Llama 2 7B",
    "Llama 2 70B",
    "Llama 3 8B",
    "Llama 3 70B",
    "Mistral 7B",
    "Mixtral 8×7B",
    "Gemma 2 9B",
    "DeepSeek 67B",
    "DeepSeek-V2",
    "DeepSeek-V3",
    "SmolLM2 135M",
]
RUNNABLE = {"SmolLM2 135M": "SmolLM2-135M"}
"""Of these, the ones whose weights may be on this machine, and the folder that they are in."""
FLOAT = 4  # bytes
READ = (8, 16, 32)  # tokens after which the cache of such a model is measured


COPIES = "a copy per query head"


class MemoryControls(Controls):
    renamed: ClassVar = {
        "counted": "cached",
        "counted=key/value heads": "each key/value head once",
        "counted=query heads": COPIES,
    }
    model: Model = Field("Llama 3 70B", title="Model")
    tokens: int = Field(8192, ge=128, le=131_072, title="Tokens per text, T", json_schema_extra={"log": True})
    batch: int = Field(1, ge=1, le=256, title="Texts at once, B", json_schema_extra={"log": True})
    bits: Literal[16, 8, 4] = Field(16, title="Bits per number")
    cached: Literal["each key/value head once", "a copy per query head"] = Field(
        "each key/value head once", title="What the cache holds", description="Attention computes the same either way"
    )

    @property
    def weights(self) -> str:
        """The folder of the model's weights, if they are here."""
        name = RUNNABLE.get(self.model, "")
        return name if name in present("decoder") else ""

    @property
    def published(self) -> bool:
        return bool(self.weights)


class MemoryResult(NamedTuple):
    controls: MemoryControls
    toys: tuple[ToyCache, ...]
    real: tuple[ToyCache, ...]  # the chosen model itself, if its weights are here
    held: dict[str, float]  # model → gigabytes of cache
    growth: dict[str, list[float]]  # key/value heads of the chosen model → gigabytes at each of LENGTHS
    with_a_key_per_head: float  # gigabytes of the chosen model if every query head had keys and values of its own


def held(shape: ModelConfig, controls: MemoryControls, tokens: int = 0, kv_heads: int | None = None) -> float:
    """Gigabytes of cache by the formula, with what the controls say is cached."""
    if kv_heads is None and controls.cached == COPIES:
        kv_heads = shape.heads
    return bytes_held(shape, tokens or controls.tokens, controls.bits / 8, controls.batch, kv_heads) / GB


def head_counts(shape: ModelConfig) -> dict[str, int | None]:
    """Numbers of key/value heads to compare, the largest first; None is the model's own."""
    own: dict[str, int | None] = {"latent" if shape.latent else f"{shape.kv_heads} (own)": None, "1 head": 1}
    grouped = shape.latent or shape.kv_heads < shape.heads
    return {f"{shape.heads} heads": shape.heads, **own} if grouped else own


@memo
@torch.inference_mode()
def real_caches(c: MemoryControls, device: str) -> tuple[ToyCache, ...]:
    """The chosen model reads a random text and its live cache is measured on the way; weights and cache in float32."""
    model = load_decoder(c.weights, device).model
    sizes, cache, found = model.config, model.new_cache(), []
    if c.cached == COPIES:
        cache.layers = [RepeatingCache(sizes.heads) for _ in range(sizes.layers)]
    ids = torch.randint(sizes.vocabulary, (1, READ[-1]), generator=generator(c.seed)).to(device)
    for tokens in READ:
        model(ids[:, len(cache) : tokens], cache)
        shape = CacheSizes(
            sizes.layers, sizes.kv_heads, sizes.head_width, tokens, model.embedding.weight.element_size(), 1
        )
        found.append(ToyCache("GQA", cache.bytes(), shape))
    return tuple(found)


@torch.inference_mode()
def run(controls: MemoryControls, device: str) -> MemoryResult:
    c, draws, shape = controls, generator(controls.seed), CONFIGS[controls.model]
    return MemoryResult(
        controls=c,
        toys=tuple(toy_cache(draws, c.cached == COPIES, device) for _ in range(TOYS)),
        real=real_caches(c, device) if c.published else (),
        held={name: held(CONFIGS[name], c) for name in get_args(Model)},
        growth={name: [held(shape, c, T, heads) for T in LENGTHS] for name, heads in head_counts(shape).items()},
        with_a_key_per_head=held(shape, c, kv_heads=shape.heads),
    )


def weight_gigabytes(shape: ModelConfig) -> float:
    """Gigabytes of the model's weights at 16 bits."""
    return 2 * total_weights(shape) / GB


def measure(result: MemoryResult) -> Measurements:
    c = result.controls
    cache, weights = result.held[c.model], weight_gigabytes(CONFIGS[c.model])
    return {
        "tokens_held_per_layer": tokens_held(CONFIGS[c.model], c.tokens),
        "cache_gigabytes": cache,
        "cache_per_token_bytes": cache * GB / c.tokens / c.batch,
        "weights_gigabytes": weights,
        "cache_over_weights": cache / weights,
        "texts_until_the_cache_outweighs_the_weights": weights / (cache / c.batch),
        "times_smaller_than_one_key_per_head": result.with_a_key_per_head / cache,
        "llama_3_70b_chosen": float(c.model == "Llama 3 70B"),
        "largest_error_of_the_formula_bytes": max(abs(toy.measured - toy.formula) for toy in result.toys + result.real),
    }
