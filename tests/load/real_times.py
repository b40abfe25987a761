"""A published model, where one was fetched: its forward pass beside the plain one and transformers' on one file."""

import resource
import time
from functools import partial
from typing import NamedTuple

import torch

from models.allocator import keep_freed_memory
from models.attention.fused import unwatched
from models.language.generation import continuation
from models.real.folder import directory, load_decoder, present
from tests.load.transformers_times import in_turn

TRACE_RATIO, LIBRARY_RATIO = 1.15, 1.0
NOISE = 1.03
LENGTHS = (16, 32, 64)
ROUNDS = 15
TEXT = "The harbour master kept two ledgers, one of ships as they came in and one of what he thought of them. " * 4


class Times(NamedTuple):
    """One model on one thread; milliseconds."""

    name: str
    load_seconds: float
    resident_bytes: int
    """That the process grew by, the first forward pass included."""
    traced: dict[int, tuple[float, float]]
    """By tokens: with every tap, and without."""
    library: dict[int, tuple[float, float]]
    """By tokens: with every tap, and transformers'."""
    tokens_a_second: float
    """With the cache, 24 tokens after 16."""


def resident() -> int:
    """Bytes of this process in memory."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def compare(name: str) -> Times:
    """Every time of one model."""
    torch.set_num_threads(1)
    keep_freed_memory()
    before, started = resident(), time.perf_counter()
    found = load_decoder(name)
    loaded = time.perf_counter() - started
    model, plain = found.model, unwatched(found.model)
    texts = {length: torch.tensor([found.vocabulary.encode(TEXT, length).ids]) for length in LENGTHS}
    with torch.inference_mode():
        model(texts[32])
        grown = resident() - before
        started = time.perf_counter()
        continuation(model, texts[16], 24)
        rate = 24 / (time.perf_counter() - started)
        traced = {length: in_turn(model, plain, ids, ROUNDS) for length, ids in texts.items()}
        from transformers import AutoModelForCausalLM

        library = AutoModelForCausalLM.from_pretrained(directory() / name, dtype=torch.float32).eval()
        once = partial(library, use_cache=False)
        beside = {length: in_turn(model, once, ids, ROUNDS) for length, ids in texts.items()}
    return Times(name, loaded, grown, traced, beside, rate)


def all_times() -> list[Times]:
    """Of every decoder that was fetched; none where none was."""
    return [compare(name) for name in present("decoder")]
