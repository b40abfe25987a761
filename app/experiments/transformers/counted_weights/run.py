"""Counts by component, exact, and held-out losses of four trained decoders of different counts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal, NamedTuple

import torch
from pydantic import AfterValidator, Field, StringConstraints
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from models.checkpoints import load_card
from models.language.evaluation import token_losses
from models.language.held_out import packed
from models.language.pretrained_decoders import pretrained
from models.parameter_count import parameter_count
from models.published.configs import CONFIGS, ModelConfig
from models.published.hub_settings import components
from models.published.json_settings import settings_of
from models.published.weights import total_weights, weights_by_component

PUBLISHED: Mapping[str, tuple[float, str]] = {
    "GPT-2": (124e6, "124M"),
    "GPT-3 175B": (175.0e9, "175.0B"),
    "Llama 2 7B": (6.7e9, "7B, 6.7B in the paper on the first Llama"),
    "Llama 3 8B": (8.0e9, "8B"),
    "Llama 3 70B": (70.6e9, "70B"),
    "Mixtral 8×7B": (46.7e9, "46.7B"),
    "Gemma 2 9B": (9.24e9, "918M in the embedding and 8,324M in the rest"),
    "DeepSeek-V2": (236e9, "236B"),
    "DeepSeek-V3": (671e9, "671B"),
}
"""Figures of the makers: as a number, and as they are written."""
DECODERS = ("decoder_small", "decoder_medium", "decoder_large", "decoder")
ROWS, LENGTH = 24, 96

Name = Literal[
    "GPT-2", "GPT-3 175B", "Llama 2 7B", "Llama 3 8B", "Llama 3 70B", "Mixtral 8×7B", "Gemma 2 9B", "DeepSeek-V2",
    "DeepSeek-V3",
]  # fmt: skip
Pair = Literal["1.06 and 1.82 million", "0.30 and 1.06 million", "0.11 and 0.30 million"]
PAIRS: Mapping[Pair, tuple[str, str]] = {
    "1.06 and 1.82 million": ("decoder_large", "decoder"),
    "0.30 and 1.06 million": ("decoder_medium", "decoder_large"),
    "0.11 and 0.30 million": ("decoder_small", "decoder_medium"),
}


def _counts(text: str) -> str:
    if text.strip():
        components(settings_of(text))
    return text


Pasted = Annotated[str, StringConstraints(max_length=6000), AfterValidator(_counts)]


class CountControls(Controls):
    model: Name = Field("GPT-2", title="Published model")
    pasted: Pasted = Field("", title="Or paste a config.json", description="It is counted instead of the model")
    stored: Literal["each tensor once", "every stored name"] = Field("each tensor once", title="What is counted")
    pair: Pair = Field("1.06 and 1.82 million", title="Trained models compared")
    text: Literal["one", "another"] = Field("one", title="Held-out text")


class Trained(NamedTuple):
    """A decoder of the tiny world."""

    weights: int
    tokens: int  # that it was trained on
    losses: Tensor  # (N,) of every token of the held-out text, nats

    @property
    def loss(self) -> float:
        return self.losses.mean().item()


class CountResult(NamedTuple):
    controls: CountControls
    parts: dict[str, int]  # component → weights
    doubled: dict[str, int] | None  # the same with twice the width; None for pasted settings
    published: float | None
    trained: list[Trained]
    parameters: int

    @property
    def total(self) -> int:
        return sum(self.parts.values())


@memo
@torch.inference_mode()
def trained(name: str, seed: int, device: str) -> Trained:
    card, model = load_card(name), pretrained(name, device)
    ids = packed("recall", "evaluation", seed, ROWS, LENGTH).to(device)
    return Trained(parameter_count(model), card["tokens"], token_losses(model(ids)[0], ids).flatten())


def twice_as_wide(c: ModelConfig) -> ModelConfig:
    """Width, heads and hidden sizes doubled; vocabulary, layers and the width of a head stay."""
    experts = c.experts and replace(c.experts, hidden=2 * c.experts.hidden)
    return replace(
        c, width=2 * c.width, heads=2 * c.heads, kv_heads=2 * c.kv_heads, hidden=2 * c.hidden, experts=experts
    )


def counted(c: CountControls) -> tuple[dict[str, int], bool]:
    """Component → weights, and whether one matrix serves both ends."""
    if c.pasted.strip():
        parts = components(settings_of(c.pasted))
        return parts, "token embedding" in parts and "output embedding" not in parts and "pooler" not in parts
    config = CONFIGS[c.model]
    return weights_by_component(config), config.tied


def run(controls: CountControls, device: str) -> CountResult:
    c = controls
    parts, tied = counted(c)
    if c.stored == "every stored name" and tied:  # the output matrix is the embedding under another name
        parts = {**parts, "output embedding": parts["token embedding"]}
    known = not c.pasted.strip()
    seed = c.seed + (500_000 if c.text == "another" else 0)
    models = [trained(name, seed, device) for name in DECODERS]
    return CountResult(
        c, parts, weights_by_component(twice_as_wide(CONFIGS[c.model])) if known else None,
        PUBLISHED[c.model][0] if known else None, models, sum(parts.values()),
    )  # fmt: skip


def measure(result: CountResult) -> Measurements:
    parts, total = result.parts, result.total
    small, large = (result.trained[DECODERS.index(name)] for name in PAIRS[result.controls.pair])
    found = {
        "counted": float(total),
        "embedding_share": sum(parts[name] for name in parts if "embedding" in name) / total,
        "gain_of_the_larger_nats": small.loss - large.loss,
    }
    if result.published is None or result.doubled is None:
        return found
    plain = weights_by_component(CONFIGS[result.controls.model])
    mlps = [name for name in ("feed-forward", "experts", "shared experts") if name in plain]
    return found | {
        "off_published_share": abs(total / result.published - 1),
        "largest_growth": sum(result.doubled.values()) / total_weights(CONFIGS[result.controls.model]),
        "mlp_growth": sum(result.doubled[name] for name in mlps) / sum(plain[name] for name in mlps),
    }
