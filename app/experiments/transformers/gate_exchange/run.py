"""A trained decoder whose gates pass through another function, with gates and values rescaled for it or not."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from pydantic import Field
from torch import Tensor

from app.experiments.base import Controls, Measurements
from app.experiments.memo import memo
from app.experiments.text_model import CHECKPOINT
from app.experiments.transformers.recorded_arms import gains
from app.experiments.transformers.trained_decoder import held_out
from models.language.evaluation import token_losses
from models.language.pretrained_decoders import pretrained
from models.layers.activations import gelu, gelu_tanh, quick_gelu, relu
from models.layers.geglu import SCALE
from models.layers.swiglu import swish
from models.parameter_count import parameter_count
from models.probability.information import kl_divergence
from models.transformer.exchanged_gate import Function, gated, half, with_exchanged_gates

ROWS, LENGTH = 8, 64

Gate = Literal["GELU", "GELU, tanh form", "GELU, sigmoid form", "ReLU", "z/2"]
Rescaled = Literal["gates ÷ 1.702, values × 1.702", "not rescaled", "gates × 1.702, values ÷ 1.702"]
FUNCTIONS: Mapping[str, Function] = {
    "GELU": gelu, "GELU, tanh form": gelu_tanh, "GELU, sigmoid form": quick_gelu, "ReLU": relu, "z/2": half,
}  # fmt: skip
BY: Mapping[str, float] = {
    "gates ÷ 1.702, values × 1.702": SCALE, "not rescaled": 1.0, "gates × 1.702, values ÷ 1.702": 1 / SCALE,
}  # fmt: skip
SHORT: Mapping[str, str] = {
    "gates ÷ 1.702, values × 1.702": "rescaled", "not rescaled": "not rescaled",
    "gates × 1.702, values ÷ 1.702": "the wrong way",
}  # fmt: skip


class GateControls(Controls):
    gate: Gate = Field("GELU", title="Function of the gate", description="In place of the trained Swish")
    rescaled: Rescaled = Field("gates ÷ 1.702, values × 1.702", title="Trained weights")
    text: Literal["one", "another"] = Field("one", title="Held-out text")


class Exchange(NamedTuple):
    """What another gate does to the predictions."""

    divergence: float  # KL from the trained model's predictions, nats per token
    rise: float  # of the loss, nats per token


class GateResult(NamedTuple):
    controls: GateControls
    arms: dict[tuple[str, str], Exchange]  # gate and rescaling → what it does
    loss: float  # as trained
    z: Tensor  # (N,) gate inputs of the curves
    parameters: int

    @property
    def chosen(self) -> tuple[str, str]:
        return self.controls.gate, self.controls.rescaled


@memo
@torch.inference_mode()
def trained(seed: int, device: str) -> tuple[Tensor, Tensor, float]:
    """Held-out ids, the trained model's probabilities (B, T, V), and its loss."""
    ids = held_out(ROWS, LENGTH, seed, device)
    logits = pretrained(CHECKPOINT, device)(ids)[0]
    return ids, logits.double().softmax(dim=-1), token_losses(logits, ids).mean().item()


@memo
@torch.inference_mode()
def exchange(gate: str, rescaled: str, seed: int, device: str) -> Exchange:
    ids, p, loss = trained(seed, device)
    logits = with_exchanged_gates(pretrained(CHECKPOINT, device), FUNCTIONS[gate], BY[rescaled])(ids)[0]
    divergence = kl_divergence(p, logits.double().softmax(dim=-1)).mean().item()
    return Exchange(divergence, token_losses(logits, ids).mean().item() - loss)


def run(controls: GateControls, device: str) -> GateResult:
    c = controls
    seed = c.seed + (500_000 if c.text == "another" else 0)
    shown = [("GELU", "not rescaled"), ("GELU", "gates ÷ 1.702, values × 1.702"), ("ReLU", "not rescaled")]
    shown += [] if (c.gate, c.rescaled) in shown else [(c.gate, c.rescaled)]
    arms = {arm: exchange(*arm, seed, device) for arm in shown}
    return GateResult(
        c, arms, trained(seed, device)[2], torch.linspace(-6, 6, 121), parameter_count(pretrained(CHECKPOINT, device))
    )


def rescaled_curve(z: Tensor, gate: str, rescaled: str) -> Tensor:
    """a · φ(z / a): what a neuron with value 1 gives."""
    return gated(z, torch.ones_like(z), FUNCTIONS[gate], BY[rescaled])


def measure(result: GateResult) -> Measurements:
    raw, chosen = result.arms["GELU", "not rescaled"], result.arms[result.chosen]
    gain = gains("geglu", "swiglu")
    gap = (rescaled_curve(result.z, *result.chosen) - swish(result.z)).abs().max().item()
    gate, rescaled = result.chosen
    return {
        "rescaled_gelu": float(gate.startswith("GELU") and rescaled != "not rescaled"),
        "divergence_nats": chosen.divergence,
        "raw_gelu_divergence_nats": raw.divergence,
        "relu_divergence_nats": result.arms["ReLU", "not rescaled"].divergence,
        "divergence_over_raw_gelu": chosen.divergence / raw.divergence,
        "loss_rise_nats": chosen.rise,
        "loss_change_size_nats": abs(chosen.rise),
        "loss_as_trained_nats": result.loss,
        "largest_gap": gap,
        "trained_gain_nats": gain.mean().item(),
        "trained_gain_spread_nats": gain.std().item(),
    }
