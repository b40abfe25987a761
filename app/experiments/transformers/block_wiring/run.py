"""One block of a decoder on a typed text, and held-out loss with that block wired otherwise."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field

from app.experiments.base import Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text_model import CHECKPOINT, LARGEST, TINY, ModelControls, text_model
from models.language.evaluation import token_losses
from models.language.held_out import mixture_of, packed
from models.parameter_count import parameter_count
from models.transformer.block_wiring import WIRINGS, Added, cosine, length, rewired
from models.transformer.one_pass import between

SENTENCE = "Ada lives in Lund . Ben lives in Oslo . Ada lives in"
TOKENS, ROWS, LENGTH = 24, 8, 64

Wiring = Literal["as trained", "parallel", "MLP first", "residual from the norm", "no attention", "no MLP"]


class WiringControls(ModelControls):
    sentence: Sentence = Field(SENTENCE, title="Sentence", description="The model reads it")
    layer: int = Field(0, ge=0, le=LARGEST, title="Block", description="Counted from 0")
    wiring: Wiring = Field("as trained", title="Wiring of that block", description="All weights stay")


class WiringResult(NamedTuple):
    controls: WiringControls
    pieces: list[str]
    added: Added
    losses: dict[str, float] | None  # wiring → loss of the block's model; None for a published one
    parallel: list[float]  # loss of the parallel wiring in each block
    parameters: int
    notices: list[str]


@memo
@torch.inference_mode()
def loss(wiring: str, block: int, seed: int, device: str) -> float:
    """Of held-out text, nats per token."""
    model = text_model(TINY, device).decoder
    ids = packed(mixture_of(CHECKPOINT), "evaluation", seed, ROWS, LENGTH).to(device)
    return token_losses(rewired(model, ids, wiring, block), ids).mean().item()


@torch.inference_mode()
def run(controls: WiringControls, device: str) -> WiringResult:
    c, reader = controls, text_model(controls.model, device)
    read, model = reader.read(c.sentence, TOKENS, "sentence"), reader.decoder
    _, trace = model(read.ids)
    x, y = trace.residual[c.layer], between(model, trace, c.layer)
    added = Added(x[0], (y - x)[0], (trace.residual[c.layer + 1] - y)[0])
    losses, parallel = None, []
    if not c.published:
        losses = {wiring: loss(wiring, c.layer, c.seed, device) for wiring in WIRINGS}
        parallel = [loss("parallel", block, c.seed, device) for block in range(len(model.blocks))]
    return WiringResult(c, read.pieces, added, losses, parallel, parameter_count(model), list(read.notices))


def measure(result: WiringResult) -> Measurements:
    x, a, f = result.added
    y = x + a
    found: dict[str, float] = {
        "attention_over_stream": (length(a) / length(x)).mean().item(),
        "mlp_over_stream": (length(f) / length(y)).mean().item(),
        "attention_cosine": cosine(a, x).abs().mean().item(),
        "mlp_cosine": cosine(f, y).abs().mean().item(),
    }
    if result.losses is None:
        return found
    now = result.losses[result.controls.wiring]
    return found | {
        "loss_nats": now,
        "loss_rise_nats": now - result.losses["as trained"],
        "worst_block_for_parallel": float(max(range(len(result.parallel)), key=lambda at: result.parallel[at])),
    }
