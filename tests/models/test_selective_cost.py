"""What Mamba keeps and multiplies: the formulas against a layer that runs."""

import math

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from models.cost import mixing_cost, selective_cost
from models.seeding import normal, seeded
from models.statespace.mamba import Mamba
from models.statespace.selective_scan import discretised, read_out, sequential_scan

D, N, T, W = 24, 5, 11, 4
RANK = math.ceil(D / 16)


class Multiplied(TorchDispatchMode):
    """Counts the products of numbers, one by one, of all elementwise multiplications."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        self.count += made.numel() if func.overloadpacket is torch.ops.aten.mul else 0
        return made


def test_the_scan_multiplies_as_often_as_is_said() -> None:
    C = 2 * D
    x, step = normal(1, T, C, seed=0), normal(1, T, C, seed=1).exp()
    B, read = normal(1, T, N, seed=2), normal(1, T, N, seed=3)
    with Multiplied() as made:
        decay, write = discretised(x, step, -torch.ones(C, N), B)
        states = sequential_scan(decay, write)
        read_out(states, read, x, torch.ones(C))
    beside = 2 * T * C  # Δ x and D x: once per channel, not once per number of the state
    assert made.count == selective_cost.scanning(T, D, N) + beside


def test_the_matrices_and_the_state() -> None:
    layer = seeded(lambda: Mamba(D, state=N, window=W), 0)
    of_matrices = [layer.to_signal_and_gate, layer.to_step_write_read, layer.to_step, layer.to_out]
    assert selective_cost.projecting(T, D, N, RANK) == T * sum(matrix.weight.numel() for matrix in of_matrices)
    _, trace = layer(normal(1, T, D, seed=0))
    kept = trace.states[0, -1].numel() + (W - 1) * trace.signal.shape[-1]
    assert kept == selective_cost.state_numbers(D, N, W)
    assert selective_cost.next_token(D, N, RANK) == selective_cost.scanning(1, D, N) + selective_cost.projecting(
        1, D, N, RANK
    )


def test_attention_s_next_token_is_the_last_row_of_its_map() -> None:
    whole = mixing_cost.comparing(T, D) // T + mixing_cost.projecting(T, D) // T
    assert selective_cost.next_token_of_attention(T, D) == whole
    assert selective_cost.cache_numbers(T, D) == 2 * T * D
