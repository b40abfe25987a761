"""Generating with a WaveNet: each sample is drawn and fed back, and each layer keeps the inputs it will need again.

Paper: Le Paine et al. 2016, "Fast Wavenet Generation Algorithm", section 2 (a queue of d inputs for a layer of
dilation d). It gives what running the whole network on all samples gives.

Symbols
    d  dilation        C  channels        B  sounds generated together        V  levels
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from models.convolution.wavenet import GatedLayer, WaveNet, gated_activation


class LayerQueue:
    """One layer and its last d inputs, for one sample at a time."""

    def __init__(self, layer: GatedLayer, inputs: Tensor, from_label: tuple[Tensor, Tensor]) -> None:
        """After ``inputs`` (B, T, C) of that layer; zeros stand before them. ``from_label`` are the rows V_f, V_g."""
        d = layer.dilation
        padded = torch.cat([inputs.new_zeros(len(inputs), d, inputs.shape[2]), inputs], dim=1)  # (B, d + T, C)
        self.layer, self.queue, self.at = layer, list(padded[:, -d:].unbind(1)), 0
        self.taps = torch.cat([layer.w_f, layer.w_g]).permute(2, 1, 0).flatten(0, 1)  # (2C, 2C): W₀ above W₁
        self.bias = torch.cat(from_label, dim=-1)  # (B, 2C)

    def step(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Skip output and next layer's input (B, C) for the present input (B, C)."""
        both = torch.cat([self.queue[self.at], x], dim=-1) @ self.taps + self.bias  # (B, 2C)
        self.queue[self.at] = x
        self.at = (self.at + 1) % len(self.queue)
        f, g = both.chunk(2, dim=-1)
        z = gated_activation(f, g)
        return self.layer.skip(z), x + self.layer.residual(z)


def generate(
    model: WaveNet, codes: Tensor, label: Tensor, steps: int, draws: torch.Generator, temperature: float = 1.0
) -> Tensor:
    """The next codes (B, steps) after ``codes`` (B, T); the most probable each time at temperature 0."""
    rows = [(layer.v_f(label), layer.v_g(label)) for layer in model.layers]
    return continued(model, codes, rows, steps, draws, temperature)


def continued(
    model: WaveNet,
    codes: Tensor,
    rows: Sequence[tuple[Tensor, Tensor]],
    steps: int,
    draws: torch.Generator,
    temperature: float = 1.0,
) -> Tensor:
    """The same with any vectors (B, C) for V_f and V_g of each layer in place of a label's."""
    x, layers = model.embedding(codes[:, :-1]), []
    for layer, (v_f, v_g) in zip(model.layers, rows, strict=True):
        layers.append(LayerQueue(layer, x, (v_f, v_g)))
        x = layer.conditioned_on(x, v_f, v_g)[1].output
    code, found = codes[:, -1], []
    chances = torch.rand(steps, len(codes), 1, generator=draws).to(codes.device)
    for step in range(steps):
        y, total = model.embedding(code), 0.0
        for queue in layers:
            skip, y = queue.step(y)
            total = total + skip
        logits = model.readout(model.hidden(total.relu()).relu())
        if temperature == 0:
            code = logits.argmax(dim=-1)
        else:
            below = (logits / temperature).softmax(dim=-1).cumsum(dim=-1)
            code = (below < chances[step]).sum(dim=-1).clamp(max=logits.shape[-1] - 1)
        found.append(code)
    return torch.stack(found, dim=1)
