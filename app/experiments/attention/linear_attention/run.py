"""Softmax replaced by a kernel: the same outputs from a fixed state, less work, what is lost and what is recovered."""

import copy
from collections.abc import Iterator
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.linear_attention.work import DIMENSION, LENGTHS, kernel_operations, times_when_doubled
from app.experiments.attention.quality_cost import LENGTH, full_loss, new_texts, quality_cost
from app.experiments.base import MORE, Controls, Measurements, Sentence
from app.experiments.memo import memo
from app.experiments.text import read_document
from models.attention.grouped_query import repeat_kv
from models.attention.linear import (
    feature_map,
    forms_apart,
    kernel_weights,
    least_tokens,
    linearised,
    softmax_operations,
)
from models.attention.linear_recall import Recall, recalled
from models.attention.masks import causal_mask
from models.data.key_value_pairs import keys_and_values, random_keys_and_values
from models.interpretability.altered_attention import altered
from models.language.pretrained_decoders import pretrained
from models.layers.softmax import entropy
from models.parameter_count import parameter_count
from models.seeding import normal
from models.training.uptraining import uptrain
from models.transformer.decoder import Decoder

CHECKPOINT, LONGEST = "decoder_multi_head", 20
BATCH, SHOW_EVERY = 8, 5
PAIRS = (1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 40, 48)
FeatureName = Literal["elu + 1", "relu", "exp", "random"]
Keys = Literal["at right angles", "random"]
Update = Literal["add", "delta rule"]


class LinearControls(Controls):
    sentence: Sentence = Field("Ada lives in Lund . Ben lives in Oslo . Ada lives in", title="Sentence")
    features: FeatureName = Field("elu + 1", title="Feature map φ")
    pairs: int = Field(16, ge=1, le=48, title="Pairs to remember", description="Keys and values of 16 numbers")
    keys: Keys = Field("at right angles", title="Keys", description="At best at right angles; in a text rather random")
    update: Update = Field("add", title="Writing a pair", description="Added to the state, or replacing what it reads")
    state: Literal["sum and normaliser", "sum only"] = Field("sum and normaliser", title="State holds")
    form: Literal["recurrent", "parallel"] = Field("recurrent", title="Form of the kernel whose work is counted")
    steps: int = Field(
        0, ge=0, le=40, multiple_of=10, title="Training steps with the kernel", description="On held-out texts, live"
    )
    trained_with: Literal["the kernel", "softmax"] = Field(
        "the kernel",
        title="Trained with",
        description="In those steps; the kernel is put in afterwards",
        json_schema_extra=MORE,
    )
    layer: int = Field(1, ge=0, le=2, title="Layer", description="Of the attention maps", json_schema_extra=MORE)


class LinearResult(NamedTuple):
    controls: LinearControls
    softmax_work: dict[int, int]  # text length → multiplications of a head
    kernel_work: dict[int, int]
    maps: Tensor  # (2, H, T, T) softmax and kernel, of the same queries and keys
    difference: float  # recurrent against parallel, largest, over the largest output
    state_numbers: int  # per head
    added: float  # loss added by the kernel before training, nats per token
    loss: float  # after it
    full_loss: float
    recall: Recall
    by_pairs: dict[str, dict[int, Recall]]  # kind of keys → pairs → recall
    features: int
    parameters: int
    notices: list[str]


@memo
@torch.no_grad()
def recall(pairs: int, keys: Keys, features: FeatureName, state: str, update: Update, seed: int, device: str) -> Recall:
    make = keys_and_values if keys == "at right angles" else random_keys_and_values
    written, values = (part.to(device) for part in make(pairs, DIMENSION, seed))
    φ = feature_map(features, DIMENSION)
    return recalled(written, values, φ, state == "sum and normaliser", update == "delta rule")


def with_kernel(features: FeatureName, device: str) -> Decoder:
    """The trained model with the kernel in every layer; it shares all weights."""
    return kernelled(pretrained(CHECKPOINT, device), features)


def kernelled(model: Decoder, features: FeatureName) -> Decoder:
    return altered(model, lambda layer, attention: linearised(features))


@memo
def kernel_loss(features: FeatureName, seed: int, device: str) -> float:
    """Nats per token of held-out texts with the kernel in every layer, before training."""
    return quality_cost(with_kernel(features, device), CHECKPOINT, seed, device).loss


@memo
@torch.no_grad()
def random_forms_apart(features: FeatureName, normalised: bool, seed: int, device: str) -> float:
    """Recurrent against parallel for random queries, keys and values."""
    q, k, v = (normal(1, 4, LENGTH, DIMENSION, seed=3 * seed + part).to(device) for part in range(3))
    φ = feature_map(features, DIMENSION)
    return forms_apart(φ(q), φ(k), v, normalised)


@torch.no_grad()
def evaluate(controls: LinearControls, device: str, loss: float) -> LinearResult:
    """Everything that is shown; ``loss`` is that of the model with the kernel, perhaps trained."""
    model, features, seed = pretrained(CHECKPOINT, device), controls.features, controls.seed
    text = read_document(controls.sentence, LONGEST, "sentence", device)
    trace = model(text.ids)[1].blocks[controls.layer].attention
    φ = feature_map(features, DIMENSION)
    q, k, v = φ(trace.q), φ(repeat_kv(trace.k, trace.q.shape[1])), repeat_kv(trace.v, trace.q.shape[1])
    kernel = kernel_weights(q, k, causal_mask(len(text.pieces), device=text.ids.device))
    normalised = controls.state == "sum and normaliser"
    setting = (features, controls.state, controls.update, seed, device)
    kinds: tuple[Keys, ...] = ("at right angles", "random")
    return LinearResult(
        controls=controls,
        softmax_work={T: softmax_operations(T, DIMENSION, DIMENSION) for T in LENGTHS},
        kernel_work={T: kernel_operations(T, q.shape[-1], controls.form) for T in LENGTHS},
        maps=torch.cat([trace.weights, kernel]),
        difference=max(forms_apart(q, k, v, normalised), random_forms_apart(features, normalised, seed, device)),
        state_numbers=q.shape[-1] * (v.shape[-1] + 1),
        added=kernel_loss(features, seed, device) - full_loss(CHECKPOINT, seed, device),
        loss=loss,
        full_loss=full_loss(CHECKPOINT, seed, device),
        recall=recall(controls.pairs, controls.keys, *setting),
        by_pairs={keys: {pairs: recall(pairs, keys, *setting) for pairs in PAIRS} for keys in kinds},
        features=q.shape[-1],
        parameters=parameter_count(model),
        notices=text.notices,
    )


def run(controls: LinearControls, device: str) -> LinearResult | Iterator[LinearResult]:
    before = evaluate(controls, device, kernel_loss(controls.features, controls.seed, device))
    return training(controls, device, before) if controls.steps else before


def training(controls: LinearControls, device: str, before: LinearResult) -> Iterator[LinearResult]:
    """The model with the kernel before, while and after it is trained, with the kernel or with softmax."""
    yield before
    softmax = controls.trained_with == "softmax"
    start = pretrained(CHECKPOINT, device) if softmax else with_kernel(controls.features, device)
    model = copy.deepcopy(start).requires_grad_(True)
    rows = new_texts(CHECKPOINT, "further training", controls.seed, controls.steps * BATCH, LENGTH).to(device)
    for step in uptrain(model, rows, BATCH):
        if step % SHOW_EVERY == 0:
            judged = kernelled(model, controls.features) if softmax else model
            yield before._replace(loss=quality_cost(judged, CHECKPOINT, controls.seed, device).loss)


def measure(result: LinearResult) -> Measurements:
    return {
        "recurrent_against_parallel": result.difference,
        "operations_when_doubled_over": times_when_doubled(result.controls.form, result.features),
        "softmax_operations_when_doubled_over": times_when_doubled("softmax", DIMENSION),
        "cheaper_from_tokens": least_tokens(DIMENSION, result.features, DIMENSION),
        "state_numbers": result.state_numbers,
        "recall_error": result.recall.error,
        "softmax_recall_error": result.recall.softmax_error,
        "random_keys_recall_error": result.by_pairs["random"][DIMENSION].error,
        "state_rank": result.recall.rank,
        "softmax_entropy_nats": entropy(result.maps[0]).mean().item(),
        "kernel_entropy_nats": entropy(result.maps[1]).mean().item(),
        "softmax_loss_nats": result.full_loss,
        "kernel_loss_nats": result.loss,
        "added_loss_nats": result.loss - result.full_loss,
        "recovered_share": (result.full_loss + result.added - result.loss) / result.added,
    }
