"""One trained multi-head model read through latents: what is cached, what it costs, and what may be absorbed."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.grouped_query.run import CHECKPOINT, HEADS, LONGEST, pooled_costs
from app.experiments.attention.latent_attention.converted import (
    Turned,
    cached_bytes,
    converted,
    forms_apart,
    latent_price,
)
from app.experiments.attention.quality_cost import LENGTH, QualityCost, full_loss
from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.text import read_document
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

LATENTS = (8, 16, 32, 48, 64, 96, 128)


class LatentControls(Controls):
    sentence: Sentence = Field("Ada lives in Lund . Ben lives in Oslo . Ada lives in", title="Sentence")
    latent: int = Field(48, ge=8, le=128, multiple_of=8, title="Latent width", description="d_c, cached for each token")
    rotary: int = Field(32, ge=8, le=128, multiple_of=8, title="Rotary width", description="One turned key, all heads")
    turned: Turned = Field("a key of its own", title="RoPE turns")
    bits: Literal[16, 6] = Field(16, title="Bits in V2’s cache", description="Deployed: 6 on average")
    layer: int = Field(1, ge=0, le=2, title="Layer of the maps", json_schema_extra=MORE)


class LatentResult(NamedTuple):
    controls: LatentControls
    maps: Tensor  # (3, H, T, T) as trained; keys expanded from latents; absorbed
    difference: float  # largest of any logit on new texts: absorbed against expanded
    bytes: dict[int, float]  # key/value heads → bytes a token and layer
    latent_bytes: float  # a token and layer, measured from the cache
    full_loss: float  # nats a token of new texts
    price: QualityCost
    by_latent: dict[int, QualityCost]  # at this rotary width
    pooled: dict[int, QualityCost]  # key/value heads → the price of averaging heads
    parameters: int
    notices: list[str]


@torch.no_grad()
def run(controls: LatentControls, device: str) -> LatentResult:
    setting = (controls.latent, controls.rotary, controls.turned, device)
    full = pretrained(CHECKPOINT, device)
    expanding, absorbed = converted(MultiHeadLatentAttention, *setting), converted(AbsorbedLatentAttention, *setting)
    text = read_document(controls.sentence, LONGEST, "sentence", device)
    kept = cached_bytes(full, text.ids)
    return LatentResult(
        controls,
        torch.stack([model(text.ids)[1].weights[controls.layer][0] for model in (full, expanding, absorbed)]),
        forms_apart(*setting[:3], controls.seed, device),
        {heads: kept * heads / HEADS[0] for heads in HEADS},
        cached_bytes(expanding, text.ids),
        full_loss(CHECKPOINT, controls.seed, device),
        latent_price(*setting[:3], controls.seed, device),
        {R: latent_price(R, *setting[1:3], controls.seed, device) for R in LATENTS},
        pooled_costs(controls.seed, device)["mean"],
        parameter_count(expanding),
        text.notices,
    )


def measure(result: LatentResult) -> Measurements:
    controls, added = result.controls, result.price.loss - result.full_loss
    H, P = HEADS[0], 0 if controls.turned == "the expanded keys" else controls.rotary
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
        "added_by_four_heads_nats": result.pooled[4].loss - result.full_loss,
        "added_loss_over_four_heads": added / (result.pooled[4].loss - result.full_loss),
        "mean_forecast_change": result.price.moved,
        "expanding_multiplications": expanding,
        "absorbed_multiplications": absorbed,
        "absorbed_over_expanding_multiplications": absorbed / expanding,
        "v2_smaller_than_67b_percent": 100 * smaller(controls.bits),
        "v2_smaller_at_16_bits_percent": 100 * smaller(BITS),
        "v2_smaller_at_6_bits_percent": 100 * smaller(QUANTISED_BITS),
        "v2_smaller_than_own_heads_percent": 100 * smaller(controls.bits, V2_HEADS),
    }
