"""A trained head computed tile by tile: what is kept, what is read and written, beside the plain form."""

from typing import ClassVar, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.flash_attention.costs import (
    HEAD_WIDTH,
    Accesses,
    Sizes,
    accesses,
    largest_tensors,
    timed,
)
from app.experiments.attention.quality_cost import new_texts
from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read_document
from models.attention.dot_product import scaled_dot_product
from models.attention.flash import (
    Tile,
    TileStep,
    all_tiles,
    flash_attend,
    flash_attention,
    plain_attention,
    visible_tiles,
)
from models.attention.grouped_query import repeat_kv
from models.attention.masks import causal_mask
from models.attention.online_softmax import Rescale, no_rescaling, rescaling
from models.cost.hbm_traffic import SlowMemory
from models.cost.tensors_made import TensorsMade
from models.interpretability.altered_attention import altered
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.seeding import generator

CHECKPOINT = "decoder_multi_head"
LONGEST = 32  # tokens drawn
ROWS, NEW = 4, 64  # held-out texts, and their tokens
RANDOM = 96  # tokens of random heads
RESCALES: dict[str, Rescale] = {"on": rescaling, "off": no_rescaling}


class FlashControls(Controls):
    sentence: Sentence = Field(
        "Ada lives in Lund . Ben lives in Oslo . Mia lives in Lima . Tom lives in Rome . Ada lives in Lund . Ben lives"
        " in Oslo",
        title="Sentence",
        description=f"Up to {LONGEST} tokens",
    )
    rows: Literal[8, 16, 32] = Field(16, title="Queries per tile R")
    columns: Literal[8, 16, 32] = Field(8, title="Keys per tile C")
    rescale: Literal["on", "off"] = Field(
        "on", title="Rescaling", description="Of sum and output, when a larger score comes"
    )
    tiles: Literal["all", "visible"] = Field(
        "all", title="Tiles computed", description="All, or without those that are wholly masked"
    )
    renamed: ClassVar = {"tiles=in sight": "visible"}
    layer: int = Field(1, ge=0, le=2, title="Layer", json_schema_extra=MORE)
    head: int = Field(2, ge=0, le=7, title="Head", json_schema_extra=MORE)


class FlashResult(NamedTuple):
    controls: FlashControls
    pieces: list[str]
    steps: list[TileStep]  # of the head on screen: (R, C), (R,) and (R, K)
    difference: float  # from the plain form, over all heads of the text and random ones, as a share of the largest
    logit_difference: float  # of the whole model on held-out texts, with all layers computed by tiles
    product_flops: tuple[int, int]  # plain and by tiles, of the text's heads
    sizes: Sizes
    accesses: Accesses
    seconds: tuple[float, float]  # plain and torch's own fused attention, a note
    parameters: int
    notices: list[str]


def chosen_tiles(controls: FlashControls, mask: Tensor) -> list[Tile]:
    tiles = all_tiles(mask.shape[0], mask.shape[1], controls.rows, controls.columns)
    return tiles if controls.tiles == "all" else visible_tiles(tiles, mask)


def apart(found: Tensor, exact: Tensor) -> float:
    return ((found - exact).abs().max() / exact.abs().max()).item()


@memo
def model_difference(rows: int, columns: int, rescale: str, seed: int, device: str) -> float:
    """Largest change of a logit, as a share of the largest, with every layer computed by tiles."""
    model = pretrained(CHECKPOINT, device)
    ids = new_texts(CHECKPOINT, "evaluation", seed, ROWS, NEW).to(device)
    tiled = altered(model, lambda number, layer: flash_attend(rows, columns, RESCALES[rescale]))
    return apart(tiled(ids)[0], model(ids)[0])


@torch.inference_mode()
def run(controls: FlashControls, device: str) -> FlashResult:
    model = pretrained(CHECKPOINT, device)
    text = read_document(controls.sentence, LONGEST, "sentence", device)
    attention = model(text.ids)[1].blocks[controls.layer].attention
    q, k, v = attention.q, repeat_kv(attention.k, 8), repeat_kv(attention.v, 8)
    rescale, mask = RESCALES[controls.rescale], causal_mask(q.shape[-2], device=q.device)
    tiles = chosen_tiles(controls, mask)
    with TensorsMade() as by_tiles:
        mixed, steps = flash_attention(q, k, v, tiles, mask, rescale=rescale)
    with TensorsMade() as plainly:
        exact = plain_attention(q, k, v, SlowMemory(), mask)
    q2, k2, v2 = 2 * torch.randn(3, 1, 4, RANDOM, HEAD_WIDTH, generator=generator(controls.seed)).to(device)
    wide = causal_mask(RANDOM, device=q.device)
    drawn, _ = flash_attention(q2, k2, v2, chosen_tiles(controls, wide), wide, rescale=rescale)
    return FlashResult(
        controls=controls,
        pieces=text.pieces,
        steps=[one_head(step, controls.head) for step in steps],
        difference=max(apart(mixed, exact), apart(drawn, scaled_dot_product(q2, k2, v2, wide).output)),
        logit_difference=model_difference(controls.rows, controls.columns, controls.rescale, controls.seed, device),
        product_flops=(plainly.product_flops, by_tiles.product_flops),
        sizes=largest_tensors(controls.rows, controls.columns),
        accesses=accesses(),
        seconds=timed(device),
        parameters=parameter_count(model),
        notices=text.notices,
    )


def one_head(step: TileStep, head: int) -> TileStep:
    return TileStep(step.tile, step.scores[0, head], type(step.state)(*(kept[0, head] for kept in step.state)))


def measure(result: FlashResult) -> Measurements:
    R, sizes = result.controls.rows, result.sizes
    flash, plain = result.accesses.by_block[R], result.accesses.plain
    return {
        "largest_difference_from_plain_share": result.difference,
        "largest_difference_of_a_logit_share": result.logit_difference,
        "accesses_over_plain": flash / plain,
        "counted_accesses": float(flash),
        "counted_accesses_plain": float(plain),
        "product_flops_over_plain": result.product_flops[1] / result.product_flops[0],
        "largest_tensor_over_n_d": sizes.flash[-1] / (sizes.lengths[-1] * HEAD_WIDTH),
        "largest_tensor_plain_over_n_d": sizes.plain[-1] / (sizes.lengths[-1] * HEAD_WIDTH),
    }
