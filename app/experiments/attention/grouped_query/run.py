"""A trained multi-head model that gets fewer key/value heads: cache size, loss added, loss recovered by training."""

import copy
from collections.abc import Iterator
from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.calibration import CHECKPOINT
from app.experiments.attention.quality_cost import QualityCost, full_loss, new_texts, quality_cost
from app.experiments.attention.shared_heads import (
    HEADS,
    KEPT,
    LONGEST,
    Kept,
    cached_bytes,
    pooled,
    pooled_costs,
    shared,
)
from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.live_training import training
from app.experiments.memo import memo
from app.experiments.text import read_document
from app.experiments.text_model import LARGEST, ModelControls, text_model
from models.language.evaluation import token_losses
from models.language.pretrained_decoders import pretrained
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.training.uptraining import uptrain
from models.transformer.decoder import Decoder

TWO = "decoder_grouped_query"
"""The same decoder, trained with two key/value heads from the first step."""

LENGTH, BATCH, SHOW_EVERY = 64, 8, 5


class GroupedControls(ModelControls):
    tiny: ClassVar[str] = CHECKPOINT
    sentence: Sentence = Field("Ada lives in Lund . Ben lives in Oslo . Ada lives in", title="Sentence")
    kv_heads: Literal[8, 4, 2, 1] = Field(2, title="Key/value heads G", description="The model has 8 query heads")
    keep: Kept = Field(
        "fitted",
        title="Shared head of a group",
        description="Fitted to the layer’s inputs, the mean of the group’s heads, or the first of them",
    )
    cache: Literal["shared", "repeated"] = Field(
        "shared", title="Cache holds", description="Each shared head once, or a copy for every query head"
    )
    steps: int = Field(
        0, ge=0, le=40, multiple_of=5, title="Training steps after sharing", description="On held-out texts, live"
    )
    layer: int = Field(1, ge=0, le=LARGEST, title="Layer", description="Of the attention maps", json_schema_extra=MORE)


class GroupedResult(NamedTuple):
    controls: GroupedControls
    before: Tensor  # (H, T, T) weights with a key/value head for every query head
    after: Tensor  # (H, T, T)
    bytes: dict[int, float]  # key/value heads → bytes per token, measured from the cache
    full_loss: float  # nats per token of held-out texts, with all heads
    costs: dict[Kept, dict[int, QualityCost]]  # shared head → key/value heads → cost without training
    current: QualityCost  # of the model shown, after the training
    two_from_the_start: float | None  # loss of the decoder trained with two; None for a published model
    steps: int  # of training so far
    parameters: int
    notices: list[str]

    @property
    def added(self) -> float:
        """Loss added before any training, nats per token."""
        return self.costs[self.controls.keep][self.controls.kv_heads].loss - self.full_loss


@memo
def trained_loss(seed: int, device: str) -> float:
    """Nats per token of the decoder that had two key/value heads from the start, on the same texts."""
    return quality_cost(pretrained(TWO, device), CHECKPOINT, seed, device).loss


@torch.no_grad()
def evaluate(controls: GroupedControls, device: str, model: Decoder, steps: int) -> GroupedResult:
    """Everything that is shown of ``model``, the one with shared heads after some ``steps`` of training."""
    text, seed = read_document(controls.sentence, LONGEST, "sentence", device), controls.seed
    full = pretrained(CHECKPOINT, device)
    costs = {keep: pooled_costs(keep, seed, device) for keep in KEPT}
    return GroupedResult(
        controls=controls,
        before=full(text.ids)[1].weights[controls.layer][0],
        after=model(text.ids)[1].weights[controls.layer][0],
        bytes={
            heads: cached_bytes(pooled(heads, controls.keep, device), text.ids, controls.cache == "repeated")
            for heads in HEADS
        },
        full_loss=full_loss(CHECKPOINT, seed, device),
        costs=costs,
        current=quality_cost(model, CHECKPOINT, seed, device) if steps else costs[controls.keep][controls.kv_heads],
        two_from_the_start=trained_loss(seed, device),
        steps=steps,
        parameters=parameter_count(model),
        notices=text.notices,
    )


@torch.inference_mode()
def published(controls: GroupedControls, device: str) -> GroupedResult:
    """A model that was trained with groups, beside itself with one key/value head; its loss is that of the text."""
    reader = text_model(controls.model, device)
    model, text = reader.decoder, reader.read(controls.sentence, LONGEST, "sentence")
    own, keep = model.config.kv_heads, "mean" if controls.keep == "fitted" else controls.keep
    one = shared(model, 1, keep)
    (logits, trace), (other, pooled_trace) = model(text.ids), one(text.ids)
    full = token_losses(logits, text.ids).mean().item()
    moved = total_variation(logits.softmax(dim=-1), other.softmax(dim=-1)).mean().item()
    cost = {own: QualityCost(full, 0.0), 1: QualityCost(token_losses(other, text.ids).mean().item(), moved)}
    G = own if controls.kv_heads >= own else 1
    repeated = controls.cache == "repeated"
    notices = [
        *text.notices,
        f"{model.config.heads} query heads; trained with {own} key/value heads: shown are {own} and 1",
    ]
    if keep != controls.keep:
        notices.append("keep: a fit needs texts of the tiny world, so the mean is shown")
    if controls.steps:
        notices.append("steps: a published model is not trained here")
    return GroupedResult(
        controls=controls.model_copy(update={"kv_heads": G, "keep": keep, "steps": 0}),
        before=trace.weights[controls.layer][0],
        after=(trace if own == G else pooled_trace).weights[controls.layer][0],
        bytes={
            model.config.heads: cached_bytes(model, text.ids, True),
            own: cached_bytes(model, text.ids, repeated),
            1: cached_bytes(one, text.ids, repeated),
        },
        full_loss=full,
        costs={keep: cost},
        current=cost[G],
        two_from_the_start=None,
        steps=0,
        parameters=parameter_count(model),
        notices=notices,
    )


def run(controls: GroupedControls, device: str) -> GroupedResult | Iterator[GroupedResult]:
    if controls.published:
        return published(controls, device)
    start = pooled(controls.kv_heads, controls.keep, device)
    return trained(controls, device, start) if controls.steps else evaluate(controls, device, start, 0)


def trained(controls: GroupedControls, device: str, start: Decoder) -> Iterator[GroupedResult]:
    """The model with shared heads before, while and after it is trained."""
    yield evaluate(controls, device, start, 0)
    model = copy.deepcopy(start).requires_grad_(True)
    rows = new_texts(CHECKPOINT, "further training", controls.seed, controls.steps * BATCH, LENGTH).to(device)
    steps, done = uptrain(model, rows, BATCH), 0

    def step() -> None:
        nonlocal done
        done = next(steps)

    def now() -> GroupedResult:
        return evaluate(controls, device, model, done)

    for progress in training(step, now, controls.steps, controls.steps // SHOW_EVERY):
        yield progress.newest


def measure(result: GroupedResult) -> Measurements:
    G, full, heads = result.controls.kv_heads, result.full_loss, max(result.bytes)
    held, all_heads, added = result.bytes[G], result.bytes[heads], result.added
    return _beside_the_mean(result, added) | {
        "cache_bytes": held,
        "full_cache_bytes": all_heads,
        "times_smaller": all_heads / held,
        "times_smaller_over_group_size": all_heads / held / (heads / G),
        "full_loss_nats": full,
        "loss_nats": result.current.loss,
        "added_loss_nats": added,
        "prediction_change": result.current.moved,
    }


def _beside_the_mean(result: GroupedResult, added: float) -> dict[str, float]:
    """What fitting and training save, which needs texts of the tiny world."""
    if result.two_from_the_start is None:
        return {}
    by_mean = result.costs["mean"][result.controls.kv_heads].loss - result.full_loss
    return {
        "added_by_mean_loss_nats": by_mean,
        "added_over_mean": added / by_mean if by_mean else 1.0,
        "above_two_from_the_start_nats": result.current.loss - result.two_from_the_start,
        "added_by_two_from_the_start_nats": result.two_from_the_start - result.full_loss,
        "recovered_share": (result.full_loss + added - result.current.loss) / added if added else 0.0,
    }
