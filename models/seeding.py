"""Reproducible tensors and weights that never touch torch's process-wide random state.

Threads share that state: with a second thread drawing at the same time, a seeded run is not repeated.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

M = TypeVar("M", bound=nn.Module)


def generator(seed: int) -> torch.Generator:
    """A private source of randomness; always on the CPU, so that every device sees the same numbers."""
    return torch.Generator().manual_seed(seed)


def normal(*shape: int, seed: int) -> Tensor:
    """Standard normal draws of the given shape."""
    return torch.randn(*shape, generator=generator(seed))


class _Undrawn(TorchFunctionMode):
    """``nn.Embedding`` draws its weights, and a draw without memory imports torch's whole compiler: 1.4 s."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        return kwargs.get("tensor", *args[:1]) if func is nn.init.normal_ else func(*args, **kwargs)


@contextmanager
def unfilled() -> Iterator[None]:
    """Models built in here have shapes and no weights."""
    with torch.device("meta"), _Undrawn():
        yield


def seeded(build: Callable[[], M], seed: int, device: str = "cpu") -> M:
    """Build without weights, then draw every weight from one private generator.

    Matrices and kernels are Xavier-normal, vectors named ``weight`` (norm gains) are one, all others zero.
    """
    draws = generator(seed)
    with unfilled():
        model = build()
    model.to_empty(device="cpu")
    for name, parameter in model.named_parameters():
        if parameter.ndim > 1:
            nn.init.xavier_normal_(parameter, generator=draws)
        elif name.endswith("weight"):
            nn.init.ones_(parameter)
        else:
            nn.init.zeros_(parameter)
    return model.to(device)
