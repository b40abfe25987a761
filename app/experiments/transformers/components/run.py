"""Components of the trained decoder, each at its mean, and the components of published models, counted."""

from typing import Literal, NamedTuple

import torch
from pydantic import Field

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.interpretability.averaged import COMPONENTS, counts, with_averaged, with_one_gain, with_some_averaged
from models.language.evaluation import token_losses
from models.language.held_out import mixture_of, packed
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.published.configs import CONFIGS
from models.published.weights import total_weights, weights_by_component
from models.transformer.decoder import Decoder

CHECKPOINT = "decoder"
ROWS, FEW_ROWS, LENGTH = 16, 4, 96  # few, where a rise is of nats
SHOWN = ("GPT-2", "Llama 2 7B", "Llama 3 8B", "Llama 3 70B", "Mixtral 8×7B", "DeepSeek-V3")

Averaged = Literal["norm gains", "as many MLP weights", "all gains to one number"]


class ComponentControls(Controls):
    averaged: Averaged = Field("norm gains", title="Set to their mean", description="1,728 of 1.8 million weights")
    shown: Literal["GPT-2", "Llama 2 7B", "Llama 3 8B", "Llama 3 70B", "Mixtral 8×7B", "DeepSeek-V3"] = Field(
        "Llama 3 8B", title="Published model"
    )


class ComponentResult(NamedTuple):
    controls: ComponentControls
    shares: dict[str, float]  # component → share of all weights
    rises: dict[str, float]  # component → rise of the loss with it at its mean, nats per token
    changed_rise: float
    changed_share: float
    loss: float
    published: dict[str, dict[str, int]]  # model → component → weights
    parameters: int


def _loss(model: Decoder, seed: int, device: str, rows: int) -> float:
    ids = packed(mixture_of(CHECKPOINT), "evaluation", seed, ROWS, LENGTH)[:rows].to(device)
    return token_losses(model(ids)[0], ids).mean().item()


@memo
@torch.inference_mode()
def rises(seed: int, device: str) -> dict[str, float]:
    """Rise of the loss with each component at its mean."""
    model = pretrained(CHECKPOINT, device)
    base = _loss(model, seed, device, FEW_ROWS)
    found = {
        one: _loss(with_averaged(model, one), seed, device, FEW_ROWS) - base
        for one in COMPONENTS if one != "norm gains"
    }  # fmt: skip
    return found | {"norm gains": changed_loss("norm gains", seed, device) - trained_loss(seed, device)}


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
    total, sizes, base = parameter_count(model), counts(model), trained_loss(c.seed, device)
    return ComponentResult(
        c, {one: count / total for one, count in sizes.items()},
        rises(c.seed, device),
        changed_loss(c.averaged, c.seed, device) - base, sizes["norm gains"] / total, base,
        {name: weights_by_component(CONFIGS[name]) for name in SHOWN}, total,
    )  # fmt: skip


def measure(result: ComponentResult) -> Measurements:
    shares, rises = result.shares, result.rises
    per_weight = {one: rises[one] / shares[one] for one in COMPONENTS}
    parts = result.published[result.controls.shown]
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
    }
