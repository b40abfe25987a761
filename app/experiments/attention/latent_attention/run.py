"""A trained multi-head model rewritten with latents: what is cached, what it costs, and what can be absorbed."""

from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.calibration import CHECKPOINT
from app.experiments.attention.latent_attention.converted import (
    Rotated,
    converted,
    forms_apart,
    latent_cost,
)
from app.experiments.attention.latent_attention.published import PublishedLatents, measure_published, published
from app.experiments.attention.quality_cost import LENGTH, QualityCost, full_loss
from app.experiments.attention.shared_heads import HEADS, LONGEST, Kept, cached_bytes, pooled_costs
from app.experiments.base import MORE, Measurements, Sentence
from app.experiments.text import read_document
from app.experiments.text_model import LARGEST, ModelControls
from models.attention.latent import AbsorbedLatentAttention, MultiHeadLatentAttention
from models.cost.latent_cost import (
    BITS,
    QUANTISED_BITS,
    V2_HEADS,
    absorbed_multiplications,
    expanding_multiplications,
    smaller,
)
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count

SHARED: tuple[Kept, ...] = ("fitted", "mean")
LATENTS = (8, 16, 32, 48, 64, 96, 128)


class LatentControls(ModelControls):
    tiny: ClassVar[str] = CHECKPOINT
    sentence: Sentence = Field("Ada lives in Lund . Ben lives in Oslo . Ada lives in", title="Sentence")
    latent: int = Field(48, ge=8, le=128, multiple_of=8, title="Latent width", description="Numbers cached per token")
    rotary: int = Field(
        32, ge=8, le=128, multiple_of=8, title="Rotary key width", description="Cached too; one key for all heads"
    )
    rotated: Rotated = Field("a separate key", title="RoPE rotates", description="What carries the position")
    bits: Literal[16, 6] = Field(16, title="Bits in V2’s cache", description="Per value; 6 when deployed")
    layer: int = Field(1, ge=0, le=LARGEST, title="Layer", description="Of the attention maps", json_schema_extra=MORE)
    renamed: ClassVar = {"turned": "rotated", "turned=a key of its own": "a separate key"}


class LatentResult(NamedTuple):
    controls: LatentControls
    maps: Tensor  # (3, H, T, T) as trained; keys expanded from latents; absorbed
    difference: float  # largest of any logit on held-out texts, absorbed from expanded
    bytes: dict[int, float]  # key/value heads → bytes per token and layer
    latent_bytes: float  # per token and layer, measured from the cache
    full_loss: float  # nats per token of held-out texts
    cost: QualityCost
    by_latent: dict[int, QualityCost]  # at this rotary width
    shared: dict[str, dict[int, QualityCost]]  # “fitted” or “mean” → key/value heads → cost of sharing them
    parameters: int
    notices: list[str]


@torch.no_grad()
def run(controls: LatentControls, device: str) -> LatentResult | PublishedLatents:
    c = controls
    if c.published:
        found = published(c.model, c.sentence, LONGEST, c.layer, c.latent, c.rotary, device)
        if c.rotated != "a separate key":
            found.notices.append("rotated: a published model is converted with a separate key")
        return found
    setting = (controls.latent, controls.rotary, controls.rotated, device)
    full = pretrained(CHECKPOINT, device)
    expanding, absorbed = converted(MultiHeadLatentAttention, *setting), converted(AbsorbedLatentAttention, *setting)
    text = read_document(controls.sentence, LONGEST, "sentence", device)
    kept, layers = cached_bytes(full, text.ids), full.config.layers
    return LatentResult(
        controls,
        torch.stack([model(text.ids)[1].weights[controls.layer][0] for model in (full, expanding, absorbed)]),
        forms_apart(*setting[:3], controls.seed, device),
        {heads: kept * heads / HEADS[0] / layers for heads in HEADS},
        cached_bytes(expanding, text.ids) / layers,
        full_loss(CHECKPOINT, controls.seed, device),
        latent_cost(*setting[:3], controls.seed, device),
        {R: latent_cost(R, *setting[1:3], controls.seed, device) for R in LATENTS},
        {keep: pooled_costs(keep, controls.seed, device) for keep in SHARED},
        parameter_count(expanding),
        text.notices,
    )


def measure(result: LatentResult | PublishedLatents) -> Measurements:
    if isinstance(result, PublishedLatents):
        return measure_published(result)
    controls, added = result.controls, result.cost.loss - result.full_loss
    fitted = result.shared["fitted"][4].loss - result.full_loss
    H, P = HEADS[0], 0 if controls.rotated == "the expanded keys" else controls.rotary
    K, value = 16, 4  # head width of the model, bytes of a value
    expanding, absorbed = (
        count(LENGTH, H, K, controls.latent, P) for count in (expanding_multiplications, absorbed_multiplications)
    )
    return {
        "cached_values": result.latent_bytes / value,
        "full_cached_values": result.bytes[H] / value,
        "cache_bytes": result.latent_bytes,
        "times_smaller": result.bytes[H] / result.latent_bytes,
        "absorbed_minus_expanded_logits": result.difference,
        "full_loss_nats": result.full_loss,
        "added_loss_nats": added,
        "added_by_four_heads_nats": fitted,
        "added_by_four_averaged_heads_nats": result.shared["mean"][4].loss - result.full_loss,
        "saved_from_four_heads_nats": fitted - added,
        "prediction_change": result.cost.moved,
        "expanding_multiplications": expanding,
        "absorbed_multiplications": absorbed,
        "absorbed_over_expanding_multiplications": absorbed / expanding,
        "v2_smaller_than_67b_percent": 100 * smaller(controls.bits),
        "v2_smaller_at_16_bits_percent": 100 * smaller(BITS),
        "v2_smaller_at_6_bits_percent": 100 * smaller(QUANTISED_BITS),
        "v2_smaller_than_own_heads_percent": 100 * smaller(controls.bits, V2_HEADS),
    }
