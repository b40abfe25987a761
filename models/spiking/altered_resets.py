"""Resets that are used or were published, other than the two of the textbook, as what is carried to the next step.

Sources: Eshraghian et al. 2023, "Training Spiking Neural Networks Using Lessons From Deep Learning" (the reset one step
late, the default of its library snntorch); jeshraghian/snntorch, pull request 413 (the mistaken line of a tutorial).

Symbols: those of ``models.spiking.leaky_integrate_fire``.
"""

from torch import Tensor


def late_reset(voltage: Tensor, spikes: Tensor, threshold: float, beta: float) -> Tensor:
    """β V − θ S: the threshold is subtracted a step after the spike, when the voltage has already decayed."""
    return beta * voltage - threshold * spikes


def mistaken_reset(voltage: Tensor, spikes: Tensor, threshold: float, beta: float) -> Tensor:
    """β V − (S − θ): minus where times was meant. Silence adds θ, and a spike at θ = 1 resets nothing."""
    return beta * voltage - (spikes - threshold)
