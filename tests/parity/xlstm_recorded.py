"""What the xlstm package's own cells make of weights that any environment can draw again.

The package changes what transformers imports, so it has an environment of its own: torch 2.13.0, xlstm 2.0.6,
mlstm_kernels, omegaconf, dacite, einops, packaging. There ``python tests/parity/xlstm_recorded.py`` writes
``xlstm_recorded.json`` beside this file.

Symbols
    B  rows      T  steps      J  inputs      H  heads      K  units of a head      D  width of mLSTM
"""

import json
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

RECORDED = Path(__file__).with_suffix(".json")
B, T, J, K, D = 2, 9, 5, 3, 7
SLSTM_SEEDS = {1: 11, 3: 12}
"""Heads → seed."""
MLSTM_SEED = 13


def drawn(seed: int, *shapes: tuple[int, ...]) -> list[Tensor]:
    draws = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=draws, dtype=torch.float64) for shape in shapes]


class SLSTMWeights(NamedTuple):
    """Gates are those of the package, in its order: input, forget, candidate, output."""

    x: Tensor  # (B, T, J)
    W: Tensor  # (H, 4, K, J)
    U: Tensor  # (H, 4, K, K) of the state: outputs, inputs
    b: Tensor  # (H, 4, K)


def slstm_weights(heads: int) -> SLSTMWeights:
    shapes = (B, T, J), (heads, 4, K, J), (heads, 4, K, K), (heads, 4, K)
    return SLSTMWeights(*drawn(SLSTM_SEEDS[heads], *shapes))


class MLSTMInputs(NamedTuple):
    q: Tensor  # (B, T, D)
    k: Tensor  # (B, T, D) not yet divided by √D
    v: Tensor  # (B, T, D)
    i: Tensor  # (B, T) before the exponential
    f: Tensor  # (B, T) before the sigmoid


def mlstm_inputs() -> MLSTMInputs:
    return MLSTMInputs(*drawn(MLSTM_SEED, *[(B, T, D)] * 3, *[(B, T)] * 2))


def slstm_of_the_package(heads: int) -> Tensor:
    from xlstm.blocks.slstm.src.vanilla import slstm_forward, slstm_pointwise_function_registry

    x, W, U, b = slstm_weights(heads)
    from_x = torch.einsum("btj,hgkj->tbghk", x, W).flatten(2)  # (T, B, 4HK)
    start = torch.zeros(4, B, heads * K, dtype=x.dtype)
    states, _, _ = slstm_forward(
        from_x, start, U.flatten(1, 2), b.transpose(0, 1).flatten(), slstm_pointwise_function_registry["slstm"]
    )
    return states[0, 1:].transpose(0, 1)  # (B, T, HK)


def mlstm_of_the_package() -> tuple[Tensor, Tensor]:
    """Step by step, and all steps at once: (B, T, D) each."""
    from xlstm.blocks.mlstm.backends import parallel_stabilized_simple, recurrent_step_stabilized_simple

    p = mlstm_inputs()
    q, k, v = (part[:, None] for part in p[:3])
    i, f = (part[:, None, :, None] for part in p[3:])
    at_once = parallel_stabilized_simple(q, k, v, i, f, eps=0.0)
    state = [torch.zeros(B, 1, *size, dtype=q.dtype) for size in ((D, D), (D, 1), (1, 1))]
    steps = []
    for t in range(T):
        at = [part[:, :, t : t + 1].clone() for part in (q, k, v, i, f)]
        h, state = recurrent_step_stabilized_simple(*state, *at, eps=0.0)
        steps.append(h[:, 0])
    return torch.cat(steps, dim=1), at_once[:, 0]


def main() -> None:
    from importlib.metadata import version

    recurrent, parallel = mlstm_of_the_package()
    found = {
        "command": "python tests/parity/xlstm_recorded.py",
        "versions": {name: version(name) for name in ("xlstm", "torch")},
        "sizes": {"B": B, "T": T, "J": J, "K": K, "D": D},
        "seeds": {"slstm_by_heads": SLSTM_SEEDS, "mlstm": MLSTM_SEED},
        "slstm": {heads: slstm_of_the_package(heads).tolist() for heads in SLSTM_SEEDS},
        "mlstm_recurrent": recurrent.tolist(),
        "mlstm_parallel": parallel.tolist(),
    }
    RECORDED.write_text(json.dumps(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
