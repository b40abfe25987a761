"""One token through one block of the decoder, symbol by symbol; and held-out loss with a slip in all blocks."""

from math import nan
from typing import Any, Literal, NamedTuple, cast

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text_model import LARGEST, TINY, ModelControls, text_model
from app.experiments.transformers.trained_decoder import SENTENCE, at_the_end, held_out, prompts, right_share
from models.language.evaluation import held_out_loss
from models.parameter_count import parameter_count
from models.transformer.decoder import Decoder, DecoderTrace
from models.transformer.llama_mistakes import MISTAKES, mistaken
from models.transformer.one_pass import between

TOKENS, ROWS, LENGTH = 24, 8, 64

Mistake = Literal[
    "none", "rotary pairs in halves", "pairs in halves, rows moved", "KV heads tiled",
    "KV heads tiled, heads reordered", "gate and value exchanged",
]  # fmt: skip


class MistakeControls(ModelControls):
    sentence: Sentence = Field(SENTENCE, title="Sentence", description="The model reads it")
    mistake: Mistake = Field("none", title="Mistake in all blocks", description="All sizes stay")
    layer: int = Field(2, ge=0, le=LARGEST, title="Block shown", description="Counted from 0")
    head: int = Field(6, ge=0, le=LARGEST, title="Head shown", description="Counted from 0")
    token: int = Field(
        -1, ge=-1, le=TOKENS - 1, title="Token", description="Counted from 0; −1 is the last", json_schema_extra=MORE
    )


class Symbols(NamedTuple):
    """The values of one token in one block, by the symbol of the equations."""

    x: Tensor  # (D,) stream before the block
    normed: Tensor  # (D,) n₁(x)
    q: Tensor  # (K,) of the head, rotated
    k: Tensor  # (K,) of the key/value head that it uses, rotated
    v: Tensor  # (K,)
    weights: Tensor  # (S,)
    o: Tensor  # (K,) the head's output
    y: Tensor  # (D,) stream behind attention
    normed_y: Tensor  # (D,) n₂(y)
    gate: Tensor  # (F,) yW
    value: Tensor  # (F,) yV
    neurons: Tensor  # (F,)
    out: Tensor  # (D,) stream behind the block


class MistakeResult(NamedTuple):
    controls: MistakeControls
    model: Decoder
    trace: DecoderTrace
    pieces: list[str]
    at: int
    symbols: Symbols
    losses: dict[str, float] | None  # mistake → loss; None for a published model
    right: float  # stated facts answered as it runs, share
    parameters: int
    block_weights: int
    notices: list[str]


@memo
@torch.inference_mode()
def loss(mistake: str, seed: int, device: str) -> float:
    """Of held-out text, nats per token."""
    model = mistaken(text_model(TINY, device).decoder, mistake)
    return held_out_loss(model, [held_out(ROWS, LENGTH, seed, device)])


@memo
@torch.inference_mode()
def right(mistake: str, seed: int, device: str) -> float:
    """Share of the stated facts that are answered."""
    model, (asked, _) = mistaken(text_model(TINY, device).decoder, mistake), prompts(seed)
    return right_share(at_the_end(model(asked.ids.to(device))[0], asked), asked)


def symbols_of(model: Decoder, trace: DecoderTrace, layer: int, head: int, at: int) -> Symbols:
    block, found = cast(Any, model.blocks[layer]), trace.blocks[layer]
    x, y = trace.residual[layer], between(model, trace, layer)
    normed_y = block.feed_forward_norm(y)
    shared = head * found.attention.k.shape[1] // found.attention.q.shape[1]
    a, mlp = found.attention, block.feed_forward
    return Symbols(
        x[0, at], block.attention_norm(x)[0, at], a.q[0, head, at], a.k[0, shared, at], a.v[0, shared, at],
        a.weights[0, head, at, : at + 1], a.output[0, head, at], y[0, at], normed_y[0, at],
        mlp.to_gate(normed_y)[0, at], mlp.to_value(normed_y)[0, at], found.feed_forward.neurons[0, at],
        found.residual[0, at],
    )  # fmt: skip


@torch.inference_mode()
def run(controls: MistakeControls, device: str) -> MistakeResult:
    c, reader = controls, text_model(controls.model, device)
    read = reader.read(c.sentence, TOKENS, "sentence")
    model = reader.decoder if c.mistake == "none" else mistaken(reader.decoder, c.mistake)
    _, trace = model(read.ids)
    T = len(read.pieces)
    at = c.token if 0 <= c.token < T else T - 1
    return MistakeResult(
        c, model, trace, read.pieces, at, symbols_of(model, trace, c.layer, c.head, at),
        None if c.published else {mistake: loss(mistake, c.seed, device) for mistake in MISTAKES},
        nan if c.published else right(c.mistake, c.seed, device),
        parameter_count(reader.decoder), parameter_count(model.blocks[c.layer]), list(read.notices),
    )  # fmt: skip


def measure(result: MistakeResult) -> Measurements:
    sizes = result.model.config
    found: dict[str, float] = {
        "block_weights": float(result.block_weights),
        "cached_share": sizes.kv_heads / sizes.heads,
    }
    if result.losses is None:
        return found
    base = result.losses["none"]
    return found | {
        "stated_right_share": result.right,
        "loss_nats": result.losses[result.controls.mistake],
        "loss_rise_nats": result.losses[result.controls.mistake] - base,
        "tiled_minus_halves_nats": result.losses["KV heads tiled"] - result.losses["rotary pairs in halves"],
        "exchanged_rise_nats": result.losses["gate and value exchanged"] - base,
    }
