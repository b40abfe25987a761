"""How the trained decoder spends its attention, and how little a large weight says of a large contribution."""

from functools import lru_cache
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.language_model import HeadControls, TextRun, ask, attention_of, language_model, run_text
from app.experiments.base import Measurements
from models.attention.grouped_query import GroupedQueryAttention, repeat_kv
from models.attention.multi_head import MultiHeadTrace
from models.interpretability.altered_attention import altered, undivided_weights, weighing
from models.interpretability.contribution import contributions, levelling, with_equal_norms
from models.layers.softmax import entropy
from models.transformer.decoder import Decoder


class WeightControls(HeadControls):
    alter: Literal["nothing", "no division", "equal norms"] = Field(
        "nothing",
        title="Alter",
        description="No division: weights are e to the score. Equal norms: all values send the same length",
    )


class Spent(NamedTuple):
    """What became of the weight in every layer, head and query of some texts."""

    weights: Tensor  # (L, B, H, T, T)
    contributions: Tensor  # (L, B, H, T, T) ‖w · f(x)‖


class WeightResult(NamedTuple):
    controls: WeightControls
    text: TextRun
    shown: Spent  # the text, B = 1
    others: Spent  # the seed's texts

    @property
    def query(self) -> int:
        return self.controls.token(len(self.text.pieces))


def model_with(alter: str, device: str) -> Decoder:
    model = language_model(device)
    if alter == "no division":
        return altered(model, lambda number, layer: weighing(undivided_weights))
    if alter == "equal norms":
        return altered(model, lambda number, layer: levelling(layer.to_out.weight))
    return model


def spent(model: Decoder, alter: str, layers: list[MultiHeadTrace]) -> Spent:
    rows = []
    attentions = [module for module in model.modules() if isinstance(module, GroupedQueryAttention)]
    for attention, trace in zip(attentions, layers):
        output = attention.to_out.weight
        values = repeat_kv(trace.v, trace.weights.shape[1])  # (B, H, T, K)
        values = with_equal_norms(values, output) if alter == "equal norms" else values
        rows.append(contributions(trace.weights, values, output))
    return Spent(torch.stack([trace.weights for trace in layers]), torch.stack(rows))


@lru_cache(maxsize=16)
def others(alter: str, seed: int, device: str) -> Spent:
    model = model_with(alter, device)
    with torch.inference_mode():
        return spent(model, alter, attention_of(model(ask(seed).ids.to(device))[1]))


def run(controls: WeightControls, device: str) -> WeightResult:
    model = model_with(controls.alter, device)
    text = run_text(model, controls.sentence)
    return WeightResult(
        controls, text, spent(model, controls.alter, text.layers), others(controls.alter, controls.seed, device)
    )


def measure(result: WeightResult) -> Measurements:
    others = result.others
    weights, sent = (part[..., 1:, :] for part in others)  # the first token can only look at itself
    differ = weights.argmax(dim=-1) != sent.argmax(dim=-1)
    divided = weights.amax(dim=-1) < 0.5
    shares = sent / sent.sum(dim=-1, keepdim=True)
    row = result.shown.weights[result.controls.layer, 0, result.controls.head]
    return {
        "row_sum_error": max((part.weights.sum(dim=-1) - 1).abs().max().item() for part in (result.shown, others)),
        "most_attended_is_not_largest_share": differ.float().mean().item(),
        "differ_where_divided_share": differ[divided].float().mean().item(),
        "first_token_weight_share": weights[..., 0].mean().item(),
        "first_token_contribution_share": shares[..., 0].mean().item(),
        "largest_first_token_excess": (weights[..., 0] - shares[..., 0]).mean(dim=(1, 3)).max().item(),
        "mean_entropy_nats": entropy(weights).mean().item(),
        "largest_possible_entropy_nats": torch.arange(2, weights.shape[-1] + 1).log().mean().item(),
        "picked_query_entropy_nats": entropy(row[result.query]).item(),
        "queries_measured": differ.numel(),
    }
