"""What a gradient through the reset does to the direction in which a spiking network learns.

After: Zenke and Vogels 2021, "The Remarkable Robustness of Surrogate Gradient Learning", on the reset term.

Symbols
    R  networks      B  inputs      T  steps      I  input neurons, H hidden      V  voltage      θ  threshold
"""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.spiking.spiking_network import THRESHOLD, SpikingNetwork
from models.spiking.surrogate import SurrogateSpike


def first_layer_gradient(network: SpikingNetwork, spikes: Tensor, labels: Tensor) -> Tensor:
    """∂loss/∂W of the first layer, for the mean cross-entropy of the spike counts.  (B, T, I), (B,) → (R, I, H)"""
    with torch.enable_grad():
        network.first.requires_grad_()
        counts, _ = network(spikes)
        loss = cross_entropy(counts.flatten(0, 1), labels.repeat(len(counts))) * len(counts)
        return torch.autograd.grad(loss, network.first)[0]


def direction_cosine(one: Tensor, other: Tensor) -> Tensor:
    """cos = g · g′ / (|g| |g′|), each network's weights as one vector.  (R, I, H) → (R,)"""
    g, h = one.flatten(1), other.flatten(1)  # (R, n)
    return (g * h).sum(1) / (g.norm(dim=1) * h.norm(dim=1))


def share_under_bump(voltage: Tensor, spike: SurrogateSpike) -> Tensor:
    """The share of neurons and steps at which the bump is above a hundredth of its height.  (R, B, T, H) → (R,)"""
    under = spike.derivative(voltage - THRESHOLD) > 0.01 * spike.height  # (R, B, T, H)
    return under.float().mean((1, 2, 3))
