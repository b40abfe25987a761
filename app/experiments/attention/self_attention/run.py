"""A sentence mixed by trained attention and by a fixed kernel: whose weights a changed word moves, and how far."""

from typing import Any, Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read, read_exchange
from models.attention.multi_head import MultiHeadAttention, MultiHeadTrace
from models.convolution.fixed_mixing import FixedMixing, kernel_of
from models.cost.mixing_cost import Work, counted, first_length
from models.data.one_token_changed import with_one_changed
from models.data.tiny_world import stream
from models.interpretability.reach import layers_to_join_ends, reach
from models.language.pretrained_text_models import masked_encoder
from models.layers.softmax import total_variation
from models.parameter_count import parameter_count
from models.seeding import generator, normal
from models.tokenization.tokenizer import CLASS, SEP, ids_of, pieces
from models.transformer.encoder import Encoder

LONGEST = 16  # tokens between the two special ones
OTHER_TEXTS = 6
HEADS = 8  # of the layer that is counted; their number changes nothing
MIXERS = ("self-attention", "convolution")


class MixingControls(Controls):
    sentence: Sentence = Field("Nils looks at the ring . it fits my thumb .", title="Sentence")
    changed: int = Field(5, ge=1, le=LONGEST, title="Word to change", description="Its position, from 1")
    instead: str = Field("nail", min_length=1, max_length=24, title="Change it to", description="One word")
    mixer: Literal["self-attention", "convolution"] = Field(
        "self-attention", title="Mixing weights", description="Convolution: the head's own mean weight at each offset"
    )
    layer: int = Field(1, ge=0, le=2, title="Layer", description="Counted from 0")
    head: int = Field(0, ge=0, le=5, title="Head", description="Counted from 0")
    kernel: Literal[3, 5, 7, 9, 35] = Field(
        5, title="Kernel width", description="35 covers the whole sentence", json_schema_extra=MORE
    )
    width: Literal[96, 512, 4096] = Field(
        96, title="Width, for counting", description="Features per token; the model has 96", json_schema_extra=MORE
    )


class Mixed(NamedTuple):
    """What one way of mixing does with the sentence and with the seed's texts."""

    weights: Tensor  # (H, T, T) of the sentence
    moved: Tensor  # (T,) total variation distance of each row's weights, the mean of the heads
    moved_elsewhere: Tensor  # (rows,) the same for the other tokens of other texts
    reach: Tensor  # (T, T) ‖∂ output / ∂ input‖


class MixingResult(NamedTuple):
    controls: MixingControls
    pieces: list[str]
    place: int
    instead: str
    mixed: dict[str, Mixed]
    encoder: MultiHeadTrace  # the layer reads the sentence, (1, H, T, …)
    parameters: int
    notices: list[str]

    @property
    def chosen(self) -> Mixed:
        return self.mixed[self.controls.mixer]


def world_texts(seed: int) -> Tensor:
    """Short texts around words of two meanings, as the encoder reads them: (B, T)."""
    samples = stream("homonyms", seed, "held_out")
    rows = [ids_of(next(samples).text) for _ in range(OTHER_TEXTS)]
    shortest = min(map(len, rows))
    return torch.tensor([[CLASS, *row[:shortest], SEP] for row in rows])


def rows_moved(before: Tensor, after: Tensor) -> Tensor:
    """How far every row of weights (B, H, T, T) moves, the mean of the heads: (B, T)."""
    return total_variation(before, after).mean(dim=1)


def mixers(attention: MultiHeadAttention, kernel: Tensor) -> dict[str, MultiHeadAttention | FixedMixing]:
    return dict(zip(MIXERS, (attention, FixedMixing(attention, kernel)), strict=True))


@torch.no_grad()
def inputs(encoder: Encoder, ids: Tensor, layer: int) -> Tensor:
    """What the layer reads of the texts (B, T): (B, T, D)."""
    return encoder(ids)[1].states[layer]


@memo
def other_inputs(layer: int, seed: int, device: str) -> tuple[Tensor, Tensor]:
    """What the layer reads of the seed's texts, as they are and then changed, and which of their words were not."""
    ids = world_texts(seed)
    changed, places = with_one_changed(ids, generator(seed), stop=ids.shape[1] - 1)
    x = inputs(masked_encoder(device).encoder, torch.cat([ids, changed]).to(device), layer).clone()  # (2B, T, D)
    return x, (torch.arange(ids.shape[1]) != places[:, None]).to(device)


@torch.no_grad()
def run(controls: MixingControls, device: str) -> MixingResult:
    model = masked_encoder(device)
    text = read(controls.sentence, LONGEST, "sentence", device)
    ids = torch.tensor([[CLASS, *text.ids[0].tolist(), SEP]], device=device)
    exchange = read_exchange(controls.changed, controls.instead, len(text.pieces), device)
    attention: Any = model.encoder.blocks[controls.layer].attention
    x = inputs(model.encoder, torch.cat([ids, exchange.applied(ids)]), controls.layer).clone()  # (2, T, D)
    other, elsewhere = other_inputs(controls.layer, controls.seed, device)
    kernel = kernel_of(attention(x[:1])[1].weights[0], controls.kernel)
    direction = normal(x.shape[-1], seed=controls.seed).to(device)
    mixed = {}
    for name, mix in mixers(attention, kernel).items():
        (before, after), here = mix(other)[1].weights.chunk(2), mix(x)[1].weights
        heard = reach(mix, x[0], direction)
        mixed[name] = Mixed(here[0], rows_moved(*here.split(1))[0], rows_moved(before, after)[elsewhere], heard)
    return MixingResult(
        controls,
        pieces(ids[0].tolist()),
        exchange.place,
        exchange.piece,
        mixed,
        attention(x[:1])[1],
        parameter_count(model),
        [*text.notices, *exchange.notices],
    )


@memo
def work(mixer: str, width: int, kernel: int, tokens: int) -> Work:
    """Counted while a layer of that width reads so many tokens, without numbers in them."""
    with torch.device("meta"):
        attention = MultiHeadAttention(width, HEADS)
        ways = mixers(attention, torch.empty(HEADS, kernel))
    return counted(ways[mixer], tokens, width)


def measure(result: MixingResult) -> Measurements:
    controls, chosen, d = result.controls, result.chosen, result.controls.width
    others = torch.arange(len(result.pieces)) != result.place
    rows = torch.cat([chosen.moved[others], chosen.moved_elsewhere])
    weights = chosen.weights

    def of(tokens: int) -> Work:
        return work(controls.mixer, d, controls.kernel, tokens)

    return {
        "other_rows_moved_share": rows.gt(1e-6).float().mean().item(),
        "mean_change_of_other_rows": rows.mean().item(),
        "pairs_one_step_apart_share": chosen.reach.gt(0).float().mean().item(),
        "layers_to_join_ends": float(layers_to_join_ends(chosen.reach)),
        "weight_on_later_words_percent": 100 * weights.triu(1).sum(dim=-1).mean().item(),
        "mixing_operations": float(of(len(result.pieces)).mixing),
        "projecting_operations": float(of(len(result.pieces)).projecting),
        "mixing_growth_when_doubled": of(2048).mixing / of(1024).mixing,
        "crossover_tokens": float(first_length(lambda n: of(n).mixing, lambda n: of(n).projecting)),
        "mixing_over_projecting_at_twice_the_width": of(2 * d).mixing / of(2 * d).projecting,
    }
