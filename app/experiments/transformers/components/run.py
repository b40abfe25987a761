"""Components of the trained decoder, each at its mean, and the components of published models, counted."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.text_model import CHECKPOINT
from app.experiments.transformers.trained_decoder import held_out
from models.cost.component_cost import FLOPS, memory
from models.interpretability.averaged import COMPONENTS, counts, with_averaged, with_one_gain, with_some_averaged
from models.language.evaluation import held_out_loss
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.published.configs import CONFIGS
from models.published.weights import total_weights, weights_by_component
from models.transformer.decoder import Decoder

ROWS, FEW_ROWS, LENGTH = 16, 4, 96  # few, where a rise is of nats
LONGEST = 131_072

Averaged = Literal["norm gains", "as many MLP weights", "all gains to one number"]


class ComponentControls(Controls):
    averaged: Averaged = Field("norm gains", title="Set to their mean", description="1 728 of 1.8 million weights")
    shown: Literal["GPT-2", "Llama 2 7B", "Llama 3 8B", "Llama 3 70B", "Mixtral 8×7B", "DeepSeek-V3"] = Field(
        "Llama 3 8B", title="Published model"
    )
    tokens: int = Field(
        2048, ge=128, le=LONGEST, multiple_of=128, title="Tokens read", description="By the published model"
    )


class ComponentResult(NamedTuple):
    controls: ComponentControls
    counts: dict[str, int]  # component → weights
    losses: dict[str, tuple[float, float]]  # component → loss with it at its mean, and as trained, nats per token
    changed_rise: float
    changed_share: float
    loss: float
    weights: dict[str, int]  # of the published model, by component
    operations: dict[str, int]  # of one pass over the tokens
    memory: dict[str, float]  # bytes, weights and cache
    parameters: int

    @property
    def shares(self) -> dict[str, float]:
        """Component → share of all weights."""
        return {one: count / self.parameters for one, count in self.counts.items()}

    @property
    def rises(self) -> dict[str, float]:
        """Component → rise of the loss with it at its mean, nats per token."""
        return {one: changed - loss for one, (changed, loss) in self.losses.items()}


def _loss(model: Decoder, seed: int, device: str, rows: int) -> float:
    return held_out_loss(model, [held_out(ROWS, LENGTH, seed, device)[:rows]])


@memo
@torch.inference_mode()
def losses_at_the_mean(seed: int, device: str) -> dict[str, tuple[float, float]]:
    """Loss with each component at its mean, and of the trained model on the same texts."""
    model = pretrained(CHECKPOINT, device)
    base = _loss(model, seed, device, FEW_ROWS)
    found = {
        one: (_loss(with_averaged(model, one), seed, device, FEW_ROWS), base)
        for one in COMPONENTS if one != "norm gains"
    }  # fmt: skip
    return found | {"norm gains": (changed_loss("norm gains", seed, device), trained_loss(seed, device))}


@memo
@torch.inference_mode()
def trained_loss(seed: int, device: str) -> float:
    return _loss(pretrained(CHECKPOINT, device), seed, device, ROWS)


@memo
@torch.inference_mode()
def changed_loss(what: Averaged, seed: int, device: str) -> float:
    model = pretrained(CHECKPOINT, device)
    if what == "norm gains":
        changed = with_averaged(model, "norm gains")
    elif what == "all gains to one number":
        changed = with_one_gain(model)
    else:
        changed = with_some_averaged(model, counts(model)["norm gains"], seed)
    return _loss(changed, seed, device, ROWS)


def run(controls: ComponentControls, device: str) -> ComponentResult:
    c, model = controls, pretrained(CHECKPOINT, device)
    config = CONFIGS[c.shown]
    total, sizes, base = parameter_count(model), counts(model), trained_loss(c.seed, device)
    return ComponentResult(
        c, sizes, losses_at_the_mean(c.seed, device),
        changed_loss(c.averaged, c.seed, device) - base, sizes["norm gains"] / total, base,
        weights_by_component(config), {name: count(config, c.tokens) for name, count in FLOPS.items()},
        memory(config, c.tokens), total,
    )  # fmt: skip


def measure(result: ComponentResult) -> Measurements:
    shares, rises = result.shares, result.rises
    per_weight = {one: rises[one] / shares[one] for one in COMPONENTS}
    parts, operations, held = result.weights, result.operations, result.memory
    mlp = sum(parts.get(name, 0) for name in ("feed-forward", "experts", "shared experts", "routers"))
    return {
        "changed_rise_nats": result.changed_rise,
        "changed_share": result.changed_share,
        "loss_nats": result.loss,
        "gains_share": shares["norm gains"],
        "most_share": sum(shares[one] for one in COMPONENTS if one.startswith("MLP")),
        "effect_of_mlp_over_gains": per_weight["MLP output"] / per_weight["norm gains"],
        "least_per_weight": list(COMPONENTS).index(min(per_weight, key=per_weight.__getitem__)),
        "total_weights": total_weights(CONFIGS[result.controls.shown]),
        "mlp_share_published": mlp / total_weights(CONFIGS[result.controls.shown]),
        "mlp_share_of_operations": operations["MLPs"] / sum(operations.values()),
        "score_share_of_operations": operations["scores"] / sum(operations.values()),
        "cache_share_of_memory": held["key/value cache"] / sum(held.values()),
    }
