"""What a piece of code makes while it runs: its largest tensor, and the operations of its products."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry


class TensorsMade(TorchDispatchMode):
    """Used as ``with TensorsMade() as made:``; counts what every operation inside returns.

    Torch's own ``FlopCounterMode`` counts by the same rules, but listens to the modules of all threads.
    """

    def __init__(self) -> None:
        super().__init__()
        self.largest = 0  # numbers in the largest tensor
        self.flops: Counter[str] = Counter()  # torch's name of a product → two a multiplication and addition

    @property
    def product_flops(self) -> int:
        return self.flops.total()

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        given, counts = dict(kwargs or {}), flop_registry.get(func.overloadpacket)
        if counts is None:
            with self:
                parts = func.decompose(*args, **given)
            if parts is not NotImplemented:
                return parts
        made = func(*args, **given)
        tensors = [leaf for leaf in tree_leaves(made) if isinstance(leaf, torch.Tensor)]
        self.largest = max([self.largest, *(tensor.numel() for tensor in tensors)])
        if counts is not None:
            self.flops[func.overloadpacket.__name__] += counts(*args, **given, out_val=made)
        return made
