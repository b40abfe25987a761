"""One block of a decoder on a typed text, and held-out loss with that block wired otherwise."""

from math import nan
from typing import Literal, NamedTuple

import torch
from pydantic import Field

from app.experiments.base import Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text_model import LARGEST, TINY, ModelControls, text_model
from app.experiments.transformers.trained_decoder import SENTENCE, at_the_end, held_out, prompts, right_share
from models.language.evaluation import token_losses
from models.parameter_count import parameter_count
from models.transformer.block_wiring import WIRINGS, Added, cosine, length, rewired
from models.transformer.one_pass import between

TOKENS, ROWS, LENGTH = 24, 8, 64

Wiring = Literal["as trained", "parallel", "MLP first", "residual from the norm", "no attention", "no MLP"]


class WiringControls(ModelControls):
    sentence: Sentence = Field(SENTENCE, title="Sentence", description="The model reads it")
    layer: int = Field(2, ge=0, le=LARGEST, title="Block", description="Counted from 0")
    wiring: Wiring = Field("as trained", title="Wiring of that block", description="All weights stay")


class WiringResult(NamedTuple):
    controls: WiringControls
    pieces: list[str]
    added: Added
    stated: dict[str, float] | None  # wiring → stated facts answered, share; None for a published model
    stored: float  # stored facts answered as it is wired now, share
    loss: float  # of held-out text as it is wired now, nats per token
    trained_loss: float
    parallel: list[float]  # loss of the parallel wiring in each block
    parameters: int
    notices: list[str]


@memo
@torch.inference_mode()
def loss(wiring: str, block: int, seed: int, device: str) -> float:
    """Of held-out text, nats per token."""
    model = text_model(TINY, device).decoder
    ids = held_out(ROWS, LENGTH, seed, device)
    return token_losses(rewired(model, ids, wiring, block), ids).mean().item()


@memo
@torch.inference_mode()
def right(wiring: str, block: int, kind: Literal["stated", "stored"], seed: int, device: str) -> float:
    """Share of facts of that kind that are answered."""
    asked = prompts(seed)[kind == "stored"]
    z = rewired(text_model(TINY, device).decoder, asked.ids.to(device), wiring, block)
    return right_share(at_the_end(z, asked), asked)


@torch.inference_mode()
def run(controls: WiringControls, device: str) -> WiringResult:
    c, reader = controls, text_model(controls.model, device)
    read, model = reader.read(c.sentence, TOKENS, "sentence"), reader.decoder
    _, trace = model(read.ids)
    x, y = trace.residual[c.layer], between(model, trace, c.layer)
    added = Added(x[0], (y - x)[0], (trace.residual[c.layer + 1] - y)[0])
    known = parameter_count(model), list(read.notices)
    if c.published:
        return WiringResult(c, read.pieces, added, None, nan, nan, nan, [], *known)
    blocks = range(len(model.blocks))
    return WiringResult(
        c, read.pieces, added, {wiring: right(wiring, c.layer, "stated", c.seed, device) for wiring in WIRINGS},
        right(c.wiring, c.layer, "stored", c.seed, device), loss(c.wiring, c.layer, c.seed, device),
        loss("as trained", 0, c.seed, device), [loss("parallel", block, c.seed, device) for block in blocks], *known,
    )  # fmt: skip


def measure(result: WiringResult) -> Measurements:
    x, a, f = result.added
    y = x + a
    found: dict[str, float] = {
        "attention_over_stream": (length(a) / length(x)).mean().item(),
        "mlp_over_stream": (length(f) / length(y)).mean().item(),
        "attention_cosine": cosine(a, x).abs().mean().item(),
        "mlp_cosine": cosine(f, y).abs().mean().item(),
    }
    if result.stated is None:
        return found
    return found | {
        "stated_right_share": result.stated[result.controls.wiring],
        "stored_right_share": result.stored,
        "loss_nats": result.loss,
        "loss_rise_nats": result.loss - result.trained_loss,
        "worst_block_for_parallel": float(max(range(len(result.parallel)), key=lambda at: result.parallel[at])),
    }
