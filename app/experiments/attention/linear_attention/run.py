"""Softmax replaced by a kernel: the same heads, the same outputs from a fixed state, less work, and what is lost."""

from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.quality_cost import LENGTH, full_loss, quality_cost
from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.text import read_document
from models.attention.dot_product import mix, scaled_dot_product
from models.attention.grouped_query import repeat_kv
from models.attention.linear import (
    feature_map,
    forms_apart,
    kernel_weights,
    least_tokens,
    linearised,
    recurrent,
    recurrent_operations,
    softmax_operations,
)
from models.attention.linear_recall import Recall, recalled
from models.attention.masks import causal_mask
from models.cost.tensors_made import TensorsMade
from models.data.key_value_pairs import keys_and_values
from models.interpretability.altered_attention import altered
from models.language.pretrained_decoders import pretrained
from models.layers.softmax import entropy
from models.parameter_count import parameter_count
from models.seeding import normal

CHECKPOINT, LONGEST = "decoder_multi_head", 20
DIMENSION = 16  # of keys and values, in the recall and in the model’s heads
COUNTED = 32, 64  # tokens
LENGTHS = tuple(2**power for power in range(3, 14))
PAIRS = (1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 40, 48)
FeatureName = Literal["elu + 1", "relu", "exp", "random"]


class LinearControls(Controls):
    sentence: Sentence = Field("Ada lives in Lund . Ben lives in Oslo . Ada lives in", title="Sentence")
    features: FeatureName = Field("elu + 1", title="Feature map φ")
    pairs: int = Field(16, ge=1, le=48, title="Pairs to remember", description="Keys are 16 numbers wide")
    state: Literal["sum and normaliser", "sum only"] = Field("sum and normaliser", title="State holds")
    form: Literal["recurrent", "parallel"] = Field("recurrent", title="Operations of", description="The kernel’s forms")
    layer: int = Field(1, ge=0, le=2, title="Layer of the maps", json_schema_extra=MORE)


class LinearResult(NamedTuple):
    controls: LinearControls
    softmax_work: dict[int, int]  # text length → multiplications of a head
    kernel_work: dict[int, int]
    maps: Tensor  # (2, H, T, T) softmax and kernel, of the same queries and keys
    difference: float  # recurrent against parallel, largest, over the largest output
    state_numbers: int  # a head
    loss: float
    full_loss: float
    recall: Recall
    by_pairs: dict[int, Recall]
    features: int
    parameters: int
    notices: list[str]


@lru_cache(maxsize=512)
@torch.no_grad()
def recall(pairs: int, features: FeatureName, state: str, seed: int, device: str) -> Recall:
    keys, values = (part.to(device) for part in keys_and_values(pairs, DIMENSION, seed))
    return recalled(keys, values, feature_map(features, DIMENSION), state == "sum and normaliser")


@lru_cache(maxsize=64)
def kernel_loss(features: FeatureName, seed: int, device: str) -> float:
    """Nats a token when every layer of the trained model attends by the kernel."""
    model = altered(pretrained(CHECKPOINT, device), lambda layer, attention: linearised(features))
    return quality_cost(model, CHECKPOINT, seed, device).loss


@lru_cache(maxsize=64)
@torch.no_grad()
def drawn_forms_apart(features: FeatureName, normalised: bool, seed: int, device: str) -> float:
    """The same for random queries, keys and values."""
    q, k, v = (normal(1, 4, LENGTH, DIMENSION, seed=3 * seed + part).to(device) for part in range(3))
    φ = feature_map(features, DIMENSION)
    return forms_apart(φ(q), φ(k), v, normalised)


@torch.no_grad()
def run(controls: LinearControls, device: str) -> LinearResult:
    model, features = pretrained(CHECKPOINT, device), controls.features
    text = read_document(controls.sentence, LONGEST, "sentence", device)
    trace = model(text.ids)[1].blocks[controls.layer].attention
    φ = feature_map(features, DIMENSION)
    q, k, v = φ(trace.q), φ(repeat_kv(trace.k, trace.q.shape[1])), repeat_kv(trace.v, trace.q.shape[1])
    kernel = kernel_weights(q, k, causal_mask(len(text.pieces), device=text.ids.device))
    normalised = controls.state == "sum and normaliser"
    setting = (features, controls.state, controls.seed, device)
    return LinearResult(
        controls,
        {T: softmax_operations(T, DIMENSION, DIMENSION) for T in LENGTHS},
        {T: kernel_operations(T, q.shape[-1], controls.form) for T in LENGTHS},
        torch.cat([trace.weights, kernel]),
        max(forms_apart(q, k, v, normalised), drawn_forms_apart(features, normalised, controls.seed, device)),
        q.shape[-1] * (v.shape[-1] + 1),
        kernel_loss(features, controls.seed, device),
        full_loss(CHECKPOINT, controls.seed, device),
        recall(controls.pairs, *setting),
        {pairs: recall(pairs, *setting) for pairs in PAIRS},
        q.shape[-1],
        parameter_count(model),
        text.notices,
    )


def kernel_operations(T: int, features: int, form: str) -> int:
    if form == "recurrent":
        return recurrent_operations(T, features, DIMENSION)
    return softmax_operations(T, features, DIMENSION)


@lru_cache(maxsize=32)
@torch.no_grad()
def counted(form: str, features: int, T: int) -> int:
    """Multiplications that torch counts while one head of that form reads T tokens without numbers in them."""
    q, k = torch.empty(2, 1, 1, T, features, device="meta")
    v = torch.empty(1, 1, T, DIMENSION, device="meta")
    with TensorsMade() as made:
        if form == "softmax":
            scaled_dot_product(q, k, v)
        elif form == "recurrent":
            recurrent(q, k, v)
        else:
            mix(kernel_weights(q, k), v)
    return made.product_flops // 2


def times_when_doubled(form: str, features: int) -> float:
    once, twice = COUNTED
    return counted(form, features, twice) / counted(form, features, once)


def measure(result: LinearResult) -> Measurements:
    return {
        "recurrent_against_parallel": result.difference,
        "operations_when_doubled_over": times_when_doubled(result.controls.form, result.features),
        "softmax_operations_when_doubled_over": times_when_doubled("softmax", DIMENSION),
        "cheaper_from_tokens": least_tokens(DIMENSION, result.features, DIMENSION),
        "state_numbers": result.state_numbers,
        "recall_error": result.recall.error,
        "softmax_recall_error": result.recall.softmax_error,
        "state_rank": result.recall.rank,
        "softmax_entropy_nats": entropy(result.maps[0]).mean().item(),
        "kernel_entropy_nats": entropy(result.maps[1]).mean().item(),
        "softmax_loss_nats": result.full_loss,
        "kernel_loss_nats": result.loss,
    }
