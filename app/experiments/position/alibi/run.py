"""Scores lowered by distance, with one slope per head; five position schemes read beyond their trained length."""

import math
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.position.long_texts import LENGTH, ROWS, Read, Repeated, read_long_texts, read_repeated
from app.provenance.origin import Computed, computed
from models.data import corpus
from models.interpretability.head_patterns import mean_distance
from models.language.evaluation import accuracy
from models.language.loss_by_length import TRAINED, losses, recorded, scheme_model, texts
from models.parameter_count import parameter_count
from models.position.alibi import ALiBi, ExchangedALiBi, HalvedALiBi, alibi_bias, share_left, slopes
from models.position.scaled_rope import with_position

MAP = 40  # tokens of a bias map
QUESTIONS = 64  # about facts stated in the same text

RIVALS = ("learned", "rope")

Scheme = Literal["alibi", "rope", "learned", "sinusoidal", "none"]
SCHEMES: tuple[Scheme, ...] = ("alibi", "rope", "learned", "sinusoidal", "none")


Slopes = Literal["as trained", "halved", "exchanged among heads"]
SLOPES: Mapping[Slopes, Callable[[], ALiBi]] = {
    "as trained": ALiBi, "halved": HalvedALiBi, "exchanged among heads": ExchangedALiBi,
}  # fmt: skip


class AlibiControls(Controls):
    scheme: Scheme = Field(
        "alibi", title="Position scheme", description="Five decoders of one size, trained on texts of 64 tokens"
    )
    heads: Literal[4, 8, 12, 16] = Field(8, title="Heads in the bias maps", description="The trained decoder has 8")
    slopes: Slopes = Field("as trained", title="ALiBi's slopes", description="In the trained decoder, read afterwards")


class AlibiResult(NamedTuple):
    controls: AlibiControls
    slopes: Tensor  # (H,)
    bias: Computed  # (H, MAP, MAP) the factor that the bias leaves of a weight
    read: Read
    rivals: tuple[Read, ...]
    recalled: float  # share of facts stated in a short text that the decoder answers right
    repeated: dict[str, Repeated]
    reach: Tensor  # (L, heads) mean distance that a head of the trained model attends over, in tokens


@memo
def read_with_slopes(slopes: Slopes, seed: int, device: str) -> Read:
    """ALiBi's decoder on the same texts as all others, with other slopes than it was trained with."""
    model = with_position(scheme_model("alibi", device), SLOPES[slopes]())
    ids = texts(seed, ROWS, LENGTH).to(device)
    return Read(losses(model, ids), losses(model, ids, TRAINED), parameter_count(model))


@memo
def reach(scheme: str, seed: int, device: str) -> Tensor:
    """Mean attention distance of each head in one text within the trained length: (L, H)."""
    ids = texts(seed, 1, TRAINED).to(device)
    _, trace = scheme_model(scheme, device)(ids)
    return torch.stack([mean_distance(weights) for weights in trace.weights])


@memo
def recall_of_stated_facts(scheme: str, seed: int, device: str) -> float:
    """Share of questions answered right of the kind “Anna lives in Leeds . … question : where does Anna live ?”."""
    asked = corpus.questions("note", QUESTIONS, seed, "held_out")
    return accuracy(scheme_model(scheme, device), [corpus.encoded(question) for question in asked])


def left_by_bias(heads: int) -> Computed:
    place = torch.arange(MAP)
    return computed(
        share_left,
        bias=computed(alibi_bias, query_positions=place, key_positions=place, slope=computed(slopes, heads=heads)),
    )


@torch.inference_mode()
def run(controls: AlibiControls, device: str) -> AlibiResult:
    c, changed = controls, controls.scheme == "alibi" and controls.slopes != "as trained"
    return AlibiResult(
        controls=c,
        slopes=slopes(c.heads),
        bias=left_by_bias(c.heads),
        read=read_with_slopes(c.slopes, c.seed, device) if changed else read_long_texts(c.scheme, None, c.seed, device),
        rivals=tuple(read_long_texts(rival, None, c.seed, device) for rival in RIVALS),
        recalled=recall_of_stated_facts(c.scheme, c.seed, device),
        repeated={scheme: read_repeated(scheme, c.seed, device) for scheme in SCHEMES},
        reach=reach(c.scheme, c.seed, device),
    )


def recorded_within(scheme: str) -> float:
    """Nats per token within the trained length, over the many texts of the record."""
    record = recorded()
    inside = [loss for place, loss in zip(record.places, record.whole[scheme]) if place < TRAINED]
    return sum(inside) / len(inside)


def measure(result: AlibiResult) -> Measurements:
    steepest, *_, flattest = result.reach.mean(dim=0).tolist()
    scheme, within = result.controls.scheme, {name: recorded_within(name) for name in SCHEMES}
    return {
        "recorded_loss_within_the_trained_length_nats": within[scheme],
        "recorded_extra_loss_over_rope_within_the_trained_length_nats": within[scheme] - within["rope"],
        "loss_past_the_trained_length_nats": result.read.beyond.item(),
        "lead_over_learned_and_rotary_positions_nats": min(
            (rival.beyond - result.read.beyond).item() for rival in result.rivals
        ),
        "extra_loss_from_far_tokens_nats": result.read.cost_of_far_tokens,
        "stated_facts_recalled_percent": 100 * result.recalled,
        "gain_on_repeated_tokens_nats": result.repeated[scheme].gain,
        "right_on_repeated_tokens_percent": 100 * result.repeated[scheme].right,
        "steepest_head_distance_tokens": steepest,
        "flattest_head_distance_tokens": flattest,
        "flattest_over_steepest_head_distance": flattest / steepest,
        "distance_that_halves_a_weight_in_the_flattest_head_tokens": math.log(2) / result.slopes.min().item(),
    }
