"""Our decoder beside transformers' Llama of the same shape and weights, on one thread, in turn.

Once as the library does it, with torch's fused kernel (``models/attention/fused.py``), and once as the pages do it,
every score and every weight kept for the trace. The kernel writes neither and never computes the half that lies in the
future. The longer the text, the more of the time is those maps: at 256 tokens the two matrix products and the softmax
alone, into memory that is already there, take longer than the fused kernel from start to end (``whole_maps`` measures
both), and the rest of a layer, the same products as theirs, cannot make up for it.
"""

import copy
import statistics
import time
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from models.allocator import keep_freed_memory
from models.attention.dot_product import AttentionTrace, scaled_dot_product
from models.attention.fused import unwatched
from models.language.generation import continuation
from models.position.rope import RoPE
from models.seeding import normal, seeded
from models.transformer.decoder import Decoder, DecoderConfig

SHAPE = DecoderConfig(
    vocabulary=1024, width=192, layers=4, heads=8, kv_heads=4, head_width=24, hidden=512, context=128
)  # of the base checkpoint
LENGTHS = (16, 64, 128, 256)
RATIO, LONGEST_RATIO = 1.03, 1.1  # at least as fast, within the noise; and where whole maps cost what they must
PROMPT, NEW = 16, 48
ROUNDS = 30


Run = Callable[[Tensor], object]


def in_turn(ours: Run, theirs: Run, ids: Tensor, rounds: int) -> tuple[float, float]:
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
            rows.append((unwatched_of(length), *in_turn(unwatched(model), once, text(length), ROUNDS)))
            rows.append((forward_of(length), *in_turn(model, once, text(length), ROUNDS)))
        write = partial(continuation, model, steps=NEW)
        generate = partial(library.generate, attention_mask=torch.ones(1, PROMPT), **new)
        rows.append((f"write {NEW} tokens after {PROMPT}", *in_turn(write, generate, text(PROMPT), ROUNDS // 5)))
    return rows


def forgetful(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, bias: Tensor | None) -> AttentionTrace:
    """The same attention, but its maps are let go at once and their memory is used again."""
    mixed = scaled_dot_product(q, k, v, mask, bias).output
    return AttentionTrace(mixed, mixed, mixed)


def keeping(length: int = LENGTHS[2]) -> tuple[float, float]:
    """Our forward with all maps kept, and with none: milliseconds."""
    model = seeded(lambda: Decoder(SHAPE, RoPE()), 0).eval()
    plain = copy.deepcopy(model)
    for block in plain.blocks:
        block.attention.attend = forgetful
    with torch.inference_mode():
        return in_turn(model, plain, text(length), 5 * ROUNDS)


def at_most(what: str) -> float:
    """The limit of our time over theirs."""
    return LONGEST_RATIO if what == forward_of(LENGTHS[-1]) else RATIO


def unwatched_of(length: int) -> str:
    return f"forward, {length} tokens"


def forward_of(length: int) -> str:
    return f"the same with every map, {length}"


def whole_maps(length: int = LENGTHS[-1]) -> tuple[float, float]:
    """The least that scores, weights and mixed values of all heads can take, and the fused kernel: milliseconds."""
    H, K = SHAPE.heads, SHAPE.head_width
    q, k, v, mixed = (normal(H, length, K, seed=seed) for seed in range(4))
    scores, weights = torch.empty(2, H, length, length)

    def maps(ids: Tensor) -> None:
        torch.bmm(q, k.mT, out=scores)
        torch.softmax(scores, dim=-1, out=weights)
        torch.bmm(weights, v, out=mixed)

    def fused(ids: Tensor) -> None:
        scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)

    return in_turn(maps, fused, text(length), 10 * ROUNDS)


def text(length: int) -> Tensor:
    return (torch.arange(length) * 7 % 1000)[None]
