"""A trained Mamba with what it chooses replaced by means, or with its convolution cut at the wrong end."""

import copy
from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import pad

from models.statespace.mamba import Mamba
from models.statespace.sequence_model import SequenceModel

Change = Literal["none", "one mean Δ", "one mean B", "one mean C", "convolution cut in front"]
PARTS: Mapping[Change, str] = {"one mean Δ": "delta", "one mean B": "B", "one mean C": "C"}


class Held(Mamba):
    """Uses one value for all tokens in place of what it would choose; ``held``: “delta”, “B” or “C” → that value."""

    held: Mapping[str, Tensor]

    def chosen(self, signal: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        step, written, read = super().chosen(signal)
        given = lambda name, own: self.held[name].expand_as(own) if name in self.held else own
        return given("delta", step), given("B", written), given("C", read)


class CutInFront(Mamba):
    """Pads at both ends, as libraries do, but keeps the last T outputs of the convolution instead of the first."""

    def looked_back(self, signal: Tensor) -> Tensor:
        window, T = self.convolution.kernel_size[0], signal.shape[1]
        seen = self.convolution(pad(signal.transpose(1, 2), (window - 1, window - 1)))
        return seen[..., -T:].transpose(1, 2)


def altered(model: SequenceModel, change: Change, means: Sequence[Mapping[str, Tensor]]) -> SequenceModel:
    """The model itself, or a copy with all its layers changed; ``means``: layer → “delta”, “B”, “C” → mean."""
    if change == "none":
        return model
    changed = copy.deepcopy(model)
    for block, own in zip(changed.blocks, means, strict=True):
        if change == "convolution cut in front":
            block.mixer.__class__ = CutInFront
        else:
            mixer = block.mixer
            mixer.__class__ = Held
            assert isinstance(mixer, Held)
            mixer.held = {PARTS[change]: own[PARTS[change]]}
    return changed


def scan_with_one_decay(decay: Tensor, write: Tensor) -> Tensor:
    """The parallel scan with a mistake: steps that are joined keep the decay of the last one, not the product."""
    distance = 1
    while distance < write.shape[1]:
        write = torch.cat(
            [write[:, :distance], decay[:, distance:] * write[:, :-distance] + write[:, distance:]], dim=1
        )
        distance *= 2
    return write
