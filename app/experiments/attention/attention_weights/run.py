"""What attention weights say: they sum to 1, value lengths count too, and both are compared with a measured effect."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, cast

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.attention.language_model import (
    TOKENS,
    HeadControls,
    TextRun,
    ask,
    attention_of,
    language_model,
    run_text,
)
from app.experiments.base import Measurements
from app.experiments.memo import memo
from app.experiments.text_model import TINY, text_model
from models.attention.grouped_query import GroupedQueryAttention, repeat_kv
from models.attention.multi_head import MultiHeadTrace
from models.interpretability.altered_attention import altered, unnormalised_weights, weighing
from models.interpretability.contribution import (
    contributions,
    effects,
    rank_correlation,
    sent,
    with_equal_norms,
    with_random_norms,
    with_values,
)
from models.transformer.decoder import Decoder

Alter = Literal["nothing", "no division", "equal lengths", "random lengths"]


class WeightControls(HeadControls):
    alter: Alter = Field(
        "nothing", title="Change in all layers", description="Weights without their division, or the lengths of values"
    )


class Spent(NamedTuple):
    """The weights of every layer, head and query of some texts, and what each weighted value adds to the output."""

    weights: Tensor  # (L, B, H, T, T)
    contributions: Tensor  # (L, B, H, T, T) ‖w · f(x)‖


class Others(NamedTuple):
    """The seed's texts; for a published model, which is not asked about the tiny world, the text itself."""

    spent: Spent
    effect: Tensor  # (B, M) of each head and token of the last layer on the prediction after the last token
    by_weight: Tensor  # (B,) rank correlation of the last layer's weights with that effect
    by_contribution: Tensor  # (B,) the same of weight times length


class WeightResult(NamedTuple):
    controls: WeightControls
    text: TextRun
    shown: Spent  # the text, B = 1
    others: Others

    @property
    def query(self) -> int:
        return self.controls.token(len(self.text.pieces))


def changed_values(alter: Alter, seed: int, layer: int, output: Tensor) -> Callable[[Tensor], Tensor]:
    """What happens to the values (B, H, S, K) of a layer with this output matrix."""
    if alter == "equal lengths":
        return lambda v: with_equal_norms(v, output)
    if alter == "random lengths":
        return lambda v: with_random_norms(v, 10 * seed + layer)
    return lambda v: v


def model_with(alter: Alter, seed: int, device: str, name: str = TINY) -> Decoder:
    model = language_model(device, name)
    if alter == "nothing":
        return model
    if alter == "no division":
        return altered(model, lambda number, layer: weighing(unnormalised_weights))
    return altered(model, lambda number, layer: with_values(changed_values(alter, seed, number, layer.to_out.weight)))


def spent(model: Decoder, alter: Alter, seed: int, layers: list[MultiHeadTrace]) -> Spent:
    rows = []
    attentions = [module for module in model.modules() if isinstance(module, GroupedQueryAttention)]
    for number, (attention, trace) in enumerate(zip(attentions, layers, strict=True)):
        output = attention.to_out.weight
        values = changed_values(alter, seed, number, output)(repeat_kv(trace.v, trace.weights.shape[1]))  # (B, H, T, K)
        rows.append(contributions(trace.weights, values, output))
    return Spent(torch.stack([trace.weights for trace in layers]), torch.stack(rows))


@memo
@torch.inference_mode()
def others(alter: Alter, seed: int, device: str) -> Others:
    return of_texts(model_with(alter, seed, device), alter, seed, ask(seed).ids.to(device))


def of_texts(model: Decoder, alter: Alter, seed: int, ids: Tensor) -> Others:
    _, trace = model(ids)
    found = spent(model, alter, seed, attention_of(trace))
    last, attention = trace.blocks[-1].attention, cast(Any, model.blocks[-1]).attention
    output: Tensor = attention.to_out.weight
    values = changed_values(alter, seed, len(trace.blocks) - 1, output)(repeat_kv(last.v, last.weights.shape[1]))
    terms = last.weights[:, :, -1, :, None] * sent(values, output)  # (B, H, S, D)
    effect = effects(model, trace, terms).flatten(1)
    by_weight, by_contribution = (
        rank_correlation(part[-1, :, :, -1].flatten(1), effect) for part in (found.weights, found.contributions)
    )
    return Others(found, effect, by_weight, by_contribution)


def run(controls: WeightControls, device: str) -> WeightResult:
    alter, seed = controls.alter, controls.seed
    model = model_with(alter, seed, device, controls.model)
    text = run_text(model, controls.sentence, controls.model)
    shown = spent(model, alter, seed, text.layers)
    if not controls.published:
        return WeightResult(controls, text, shown, others(alter, seed, device))
    with torch.inference_mode():
        ids = text_model(controls.model, device).read(controls.sentence, TOKENS, "sentence").ids
        return WeightResult(controls, text, shown, of_texts(model, alter, seed, ids))


def measure(result: WeightResult) -> Measurements:
    others = result.others
    weights, sent = (part[..., 1:, :] for part in others.spent)  # the first token can only attend to itself
    differ = weights.argmax(dim=-1) != sent.argmax(dim=-1)
    divided = weights.amax(dim=-1) < 0.5
    by_weight, by_contribution = others.by_weight.mean().item(), others.by_contribution.mean().item()
    return {
        "row_sum_error": max(
            (part.weights.sum(dim=-1) - 1).abs().max().item() for part in (result.shown, others.spent)
        ),
        "most_attended_is_not_largest_share": differ.float().mean().item(),
        "differ_where_divided_share": differ[divided].float().mean().item(),
        "rank_correlation_of_weight": by_weight,
        "rank_correlation_of_contribution": by_contribution,
        "gain_by_length": by_contribution - by_weight,
        "queries_measured": differ.numel(),
    }
