"""A feed-forward network of spiking neurons that classifies: the output neuron with the most spikes wins.

Review: Eshraghian et al. 2023, "Training Spiking Neural Networks Using Lessons From Deep Learning".
A layer's weights take in the factor (1 − β) of the single neuron, so that a spike adds w to the voltage.

Symbols
    R  networks side by side      B  inputs      T  steps      I  input neurons, H hidden, K classes
    V  voltage      S  spikes      X  input of a layer      β  decay per step      θ = 1  threshold
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from models.seeding import generator
from models.spiking.leaky_integrate_fire import Carry, decay, soft_reset
from models.spiking.surrogate import SurrogateSpike

THRESHOLD, TIME_CONSTANT = 1.0, 10.0
"""The time constant is in steps."""

USUAL_SPIKE = SurrogateSpike()


class SpikingTrace(NamedTuple):
    """Of the hidden and the output layer, before their resets."""

    hidden_voltage: Tensor  # (R, B, T, H)
    hidden_spikes: Tensor  # (R, B, T, H)
    output_voltage: Tensor  # (R, B, T, K)
    output_spikes: Tensor  # (R, B, T, K)


def reset_without_gradient(voltage: Tensor, spikes: Tensor, threshold: float, beta: float) -> Tensor:
    """β (V − θ S), where S passes on no gradient: learning takes the reset for a constant."""
    return soft_reset(voltage, spikes.detach(), threshold, beta)


def synaptic_input(spikes: Tensor, weights: Tensor) -> Tensor:
    """X = S W: every spike adds its weight.  (R, B, T, I), (R, I, H) → (R, B, T, H)"""
    return (spikes.flatten(1, 2) @ weights).unflatten(1, spikes.shape[1:3])


def spiking_layer(x: Tensor, beta: float, spike: Callable[[Tensor], Tensor], carry: Carry) -> tuple[Tensor, Tensor]:
    """V[t] = β (V[t−1] − θ S[t−1]) + X[t], S[t] = Θ(V[t] − θ); both (R, B, T, n)."""
    v = torch.zeros_like(x[:, :, 0])  # (R, B, n)
    s, steps = v, []
    for t in range(x.shape[2]):
        v = carry(v, s, THRESHOLD, beta) + x[:, :, t]  # (R, B, n)
        s = spike(v - THRESHOLD)  # (R, B, n)
        steps.append((v, s))
    voltage, spikes = (torch.stack(part, dim=2) for part in zip(*steps))  # (R, B, T, n)
    return voltage, spikes


def spike_counts(spikes: Tensor) -> Tensor:
    """n = Σ_t S[t]: the class whose neuron fired most often wins.  (R, B, T, K) → (R, B, K)"""
    return spikes.sum(2)


def synaptic_operations(spikes: Tensor, targets: int) -> Tensor:
    """Additions that the spikes cause, per input: each goes to all ``targets``.  (R, B, T, I) → (R, B)"""
    return spikes.sum((2, 3)) * targets


class SpikingNetwork(nn.Module):
    """R networks of one shape, each with its own weights drawn from its own seed."""

    def __init__(
        self,
        seeds: Sequence[int] = (0,),
        *,
        gain: float = 1.0,
        inputs: int = 64,
        hidden: int = 100,
        classes: int = 10,
        spike: Callable[[Tensor], Tensor] = USUAL_SPIKE,
        carry: Carry = reset_without_gradient,
    ) -> None:
        super().__init__()
        self.beta, self.spike, self.carry = decay(1.0, TIME_CONSTANT), spike, carry
        first, second = [], []
        for seed in seeds:
            draws = generator(seed)
            first.append(2 * gain / math.sqrt(inputs) * torch.randn(inputs, hidden, generator=draws))
            second.append(2 * gain / math.sqrt(hidden) * torch.randn(hidden, classes, generator=draws))
        self.first = nn.Parameter(torch.stack(first))  # (R, I, H)
        self.second = nn.Parameter(torch.stack(second))  # (R, H, K)

    def forward(self, spikes: Tensor) -> tuple[Tensor, SpikingTrace]:
        """Spike counts (R, B, K) for input spikes (R, B, T, I), or (B, T, I) for all networks alike."""
        spikes = spikes.expand(len(self.first), *spikes.shape[-3:])  # (R, B, T, I)
        hidden = spiking_layer(synaptic_input(spikes, self.first), self.beta, self.spike, self.carry)
        output = spiking_layer(synaptic_input(hidden[1], self.second), self.beta, self.spike, self.carry)
        return spike_counts(output[1]), SpikingTrace(*hidden, *output)
