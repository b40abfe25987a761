"""Readers of equally many weights and other hidden sizes: losses on stated pairs and on a stored table."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.parameter_count import parameter_count
from models.published.configs import CONFIGS, ModelConfig
from models.published.weights import attention_weights, feed_forward_weights
from models.training.cells import TRAININGS
from models.training.reader_ratios import RATIOS, pretrained, question_losses_of

ROWS = 64
Ratio = Literal["0.23", "2.6", "5.3", "11", "38"]
ARMS: Mapping[str, str] = dict(zip(("0.23", "2.6", "5.3", "11", "38"), RATIOS, strict=True))
"""Hidden size over width → the name of the shape."""

Name = Literal["GPT-2", "SmolLM2 135M", "Llama 2 7B", "Llama 2 70B", "Llama 3 8B", "Llama 3 70B", "Mistral 7B"]
SHOWN: tuple[Name, ...] = "GPT-2", "Llama 2 7B", "SmolLM2 135M", "Mistral 7B", "Llama 3 8B", "Llama 2 70B"


class RatioControls(Controls):
    ratio: Ratio = Field("2.6", title="Hidden size over width", description="About 12\u00a0100 weights each")
    model: Name = Field("Llama 2 70B", title="Published model")
    keys: Literal["as published", "as many heads as queries"] = Field("as published", title="Its key/value heads")


class RatioResult(NamedTuple):
    controls: RatioControls
    losses: Tensor  # (5 ratios, 5 trainings, 2) nats, stated and stored
    ratios: Tensor  # (5,) hidden size over width
    shares: dict[str, tuple[float, float]]  # model → hidden size over width, share of its MLP in a block
    share: float  # the chosen model's
    attention_over_published: float  # its weights of attention, over those with its published key/value heads
    training: int
    parameters: int

    @property
    def at(self) -> int:
        return list(ARMS).index(self.controls.ratio)


@memo
@torch.inference_mode()
def losses(seed: int) -> Tensor:
    """Of every ratio and training on held-out questions: (5, 5, 2)."""
    return torch.tensor(
        [[question_losses_of(pretrained(arm, n), seed, ROWS) for n in range(TRAININGS)] for arm in ARMS.values()]
    )


def mlp_share(c: ModelConfig) -> float:
    """The MLP's share of a block's weights, norms left out."""
    mlp = feed_forward_weights(c, c.hidden)
    return mlp / (mlp + attention_weights(c))


def run(controls: RatioControls, device: str) -> RatioResult:
    """On the CPU whatever the device: models of 12,100 weights."""
    c, training = controls, controls.seed % TRAININGS
    config = CONFIGS[c.model]
    if c.keys == "as many heads as queries":
        config = replace(config, kv_heads=config.heads)
    shapes = [RATIOS[arm] for arm in ARMS.values()]
    return RatioResult(
        c, losses(c.seed), torch.tensor([shape.hidden / shape.width for shape in shapes]),
        {name: (CONFIGS[name].hidden / CONFIGS[name].width, mlp_share(CONFIGS[name])) for name in SHOWN},
        mlp_share(config), attention_weights(config) / attention_weights(CONFIGS[c.model]), training,
        parameter_count(pretrained(ARMS[c.ratio], training)),
    )  # fmt: skip


def measure(result: RatioResult) -> Measurements:
    published = CONFIGS[result.controls.model]
    means = result.losses.mean(dim=1)  # (5, 2)
    both = means.mean(dim=1)  # (5,)
    spread = result.losses.mean(dim=2)[result.at].std().item()
    return {
        "loss_nats": both[result.at].item(),
        "loss_above_lowest_nats": (both[result.at] - both.min()).item(),
        "stated_loss_nats": means[result.at, 0].item(),
        "stored_loss_nats": means[result.at, 1].item(),
        "stated_minus_stored_nats": (means[result.at, 0] - means[result.at, 1]).item(),
        "spread_of_trainings_nats": spread,
        "lowest_ratio": result.ratios[int(both.argmin())].item(),
        "mlp_share": result.share,
        "queries_per_key_head": published.heads / published.kv_heads,
        "attention_over_published": result.attention_over_published,
    }
