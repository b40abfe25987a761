"""Which cell of a neural circuit policy has a synapse on which: four layers, sparse, drawn at random.

Paper: Lechner et al. 2020, "Neural circuit policies enabling auditable autonomy", Nature Machine Intelligence 2
(methods, design of the wiring: sensory, inter, command and motor neurons).

Symbols
    N  sensors     D  cells, in the order inter, command, motor     ±1  a synapse that pulls up or down, 0 none
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Wiring(NamedTuple):
    """Signs of the synapses."""

    from_input: Tensor  # (N, D)
    from_cells: Tensor  # (D, D) rows are sources
    layers: tuple[int, int, int]  # how many inter, command and motor cells

    @property
    def synapses(self) -> int:
        return int(self.from_input.count_nonzero() + self.from_cells.count_nonzero())


def signs(count: int, draws: torch.Generator) -> Tensor:
    """−1 or 1 at random.  → (count,)"""
    return 2.0 * torch.randint(2, (count,), generator=draws) - 1


def spread(sources: int, targets: int, fan_out: int, draws: torch.Generator) -> Tensor:
    """Each source has synapses on ``fan_out`` targets; a target left without gets as many as the mean.  → signs"""
    made = torch.zeros(sources, targets)
    for source in range(sources):
        chosen = torch.randperm(targets, generator=draws)[:fan_out]
        made[source, chosen] = signs(fan_out, draws)
    mean = min(max(sources * fan_out // targets, 1), sources)
    for target in (made == 0).all(0).nonzero()[:, 0].tolist():
        chosen = torch.randperm(sources, generator=draws)[:mean]
        made[chosen, target] = signs(mean, draws)
    return made


def circuit_policy(
    N: int, inter: int, command: int, motor: int, *, sensory_fan_out: int, inter_fan_out: int, recurrent: int,
    motor_fan_in: int, draws: torch.Generator,
) -> Wiring:  # fmt: skip
    """Sensors → inter → command → motor; ``recurrent`` synapses among the command cells."""
    D = inter + command + motor
    from_input, from_cells = torch.zeros(N, D), torch.zeros(D, D)
    from_input[:, :inter] = spread(N, inter, sensory_fan_out, draws)
    from_cells[:inter, inter : inter + command] = spread(inter, command, inter_fan_out, draws)
    for _ in range(recurrent):
        source, target = torch.randint(command, (2,), generator=draws).tolist()
        from_cells[inter + source, inter + target] = signs(1, draws)
    from_cells[inter : inter + command, inter + command :] = spread(motor, command, motor_fan_in, draws).T
    return Wiring(from_input, from_cells, (inter, command, motor))


def rewired(wiring: Wiring, draws: torch.Generator) -> Wiring:
    """As many synapses from sensors and from cells as before, each between two ends chosen at random."""
    return Wiring(_shuffled(wiring.from_input, draws), _shuffled(wiring.from_cells, draws), wiring.layers)


def _shuffled(matrix: Tensor, draws: torch.Generator) -> Tensor:
    return matrix.flatten()[torch.randperm(matrix.numel(), generator=draws)].view_as(matrix)
