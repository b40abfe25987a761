"""Our decoder beside transformers' Llama of the same shape and weights, on one thread, in turn."""

import statistics
import time
from collections.abc import Callable
from functools import partial

import torch

from models.heap import keep_freed_memory
from models.language.generation import continuation
from models.position.rope import RoPE
from models.seeding import seeded
from models.transformer.decoder import Decoder, DecoderConfig

SHAPE = DecoderConfig(
    vocabulary=1024, width=192, layers=4, heads=8, kv_heads=4, head_width=24, hidden=512, context=128
)  # of the base checkpoint
LENGTHS = (16, 64, 128, 256)
PROMPT, NEW = 16, 48
ROUNDS = 30


Run = Callable[[torch.Tensor], object]


def in_turn(ours: Run, theirs: Run, ids: torch.Tensor, rounds: int) -> tuple[float, float]:
    """Median milliseconds of both on the same tokens, each run beside one of the other."""
    times: tuple[list[float], list[float]] = ([], [])
    for attempt in range(rounds + 2):
        for run, kept in zip((ours, theirs), times, strict=True):
            started = time.perf_counter()
            run(ids)
            if attempt > 1:
                kept.append(1000 * (time.perf_counter() - started))
    return statistics.median(times[0]), statistics.median(times[1])


def pair() -> tuple[Decoder, torch.nn.Module]:
    """Ours and theirs, which say the same; theirs attends as the library chooses to."""
    from transformers import LlamaConfig, LlamaForCausalLM

    from tests.parity.llama import BASE, copied, settings

    library = LlamaForCausalLM(LlamaConfig(**settings(SHAPE, attn_implementation="sdpa"))).eval()
    model = copied(library, seeded(lambda: Decoder(SHAPE, RoPE(BASE)), 0)).eval()
    ids = torch.arange(32)[None]
    with torch.inference_mode():
        torch.testing.assert_close(model(ids)[0], library(ids).logits, atol=1e-4, rtol=1e-3)
    return model, library


def compare() -> list[tuple[str, float, float]]:
    """What was timed, our milliseconds and theirs."""
    torch.set_num_threads(1)
    keep_freed_memory()
    model, library = pair()
    new = {"max_new_tokens": NEW, "min_new_tokens": NEW, "do_sample": False, "pad_token_id": 0}
    rows = []
    with torch.inference_mode():
        for length in LENGTHS:
            once = partial(library, use_cache=False)
            rows.append((f"forward, {length} tokens", *in_turn(model, once, text(length), ROUNDS)))
        write = partial(continuation, model, steps=NEW)
        generate = partial(library.generate, attention_mask=torch.ones(1, PROMPT), **new)
        rows.append((f"write {NEW} tokens after {PROMPT}", *in_turn(write, generate, text(PROMPT), ROUNDS // 5)))
    return rows


def text(length: int) -> torch.Tensor:
    return (torch.arange(length) * 7 % 1000)[None]
