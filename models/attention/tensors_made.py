"""What a piece of code makes while it runs: its largest tensor, and the operations of its matrix products."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

PRODUCTS = (torch.ops.aten.matmul.default, torch.ops.aten.mm.default, torch.ops.aten.bmm.default)


class TensorsMade(TorchDispatchMode):
    """Used as ``with TensorsMade() as made:``; counts what every operation inside returns."""

    def __init__(self) -> None:
        super().__init__()
        self.largest = 0  # numbers in the largest tensor
        self.product_flops = 0  # two a multiplication and addition

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        made = func(*args, **(kwargs or {}))
        tensors = [leaf for leaf in tree_leaves(made) if isinstance(leaf, torch.Tensor)]
        self.largest = max([self.largest, *(tensor.numel() for tensor in tensors)])
        if func in PRODUCTS:
            self.product_flops += 2 * tensors[0].numel() * args[0].shape[-1]
        return made
