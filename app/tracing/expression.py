"""One number of a tensor as a formula over single numbers of a function's arguments.

Operations that only move numbers (indexing, transposing, stacking, choosing the largest …) are run again on numbered
cells: where a cell's own number comes out is where it went. So they need one rule for all of them.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from app.tracing.formula import Apply, Index, Leaf, Node, Number, simplified
from app.tracing.record import Operation, Recorder


class Untraceable(Exception):
    """An operation for which there is no rule; the message names it and its line."""


UNARY = {"neg", "exp", "log", "cos", "sin", "sqrt", "abs", "sigmoid", "tanh", "relu", "silu"}
BINARY = {"add", "sub", "mul", "div", "pow", "maximum", "minimum"}
SAME = {
    "__add__": "add", "__radd__": "add", "__sub__": "sub", "__mul__": "mul", "__rmul__": "mul", "multiply": "mul",
    "__truediv__": "div", "true_divide": "div", "divide": "div", "__pow__": "pow", "__neg__": "neg",
    "__matmul__": "matmul", "bmm": "matmul", "mm": "matmul", "clamp_min": "maximum", "amax": "max", "amin": "min",
}  # fmt: skip
REVERSED = {"rsub": "sub", "__rsub__": "sub", "__rtruediv__": "div", "__rdiv__": "div", "__rpow__": "pow"}
REDUCING = {"sum", "mean", "max", "min", "prod"}
CASTING = {"float", "double", "to", "type", "half", "clone", "contiguous", "detach", "cpu"}
MOVING = {
    "__getitem__", "__get__", "transpose", "permute", "movedim", "view", "reshape", "flatten", "unflatten", "squeeze",
    "unsqueeze", "expand", "expand_as", "broadcast_to", "stack", "cat", "repeat", "repeat_interleave", "gather",
    "take_along_dim", "index_select", "select", "narrow", "flip", "roll", "chunk", "split", "unbind", "masked_fill",
    "where", "diag_embed", "diagonal", "tril", "triu", "embedding", "scatter", "index_copy",
}  # fmt: skip
CHOOSING = {"topk", "sort"}
FILLING = {"zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full"}
COMPARING = {"lt", "le", "gt", "ge", "eq", "ne", "__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"}

FIRST = 2.0**40
"""The number of the first cell that is moved; anything below is a constant of the code. Float64 counts to 2⁵³."""


class Expansion:
    """Follows numbers back to the arguments of a recorded call."""

    def __init__(self, recorder: Recorder, arguments: Mapping[str, Tensor]) -> None:
        self._recorder = recorder
        self._names = {id(tensor): name for name, tensor in arguments.items()}
        self._known: dict[tuple[int, int], Node] = {}  # a mean or a maximum stands in the formula of all its row

    def node(self, tensor: Tensor, at: int) -> Node:
        """The formula of the number at a place of the flattened tensor; raises Untraceable."""
        key = id(tensor), at
        if key not in self._known:
            self._known[key] = self._followed(tensor, at)
        return self._known[key]

    def _followed(self, tensor: Tensor, at: int) -> Node:
        value = float(tensor.reshape(-1)[at])
        name = self._names.get(id(tensor))
        if name is not None:
            return Leaf(name, unravelled(at, tensor.shape), value)
        operation = self._recorder.made(tensor)
        if operation is None or not any(isinstance(arg, Tensor | list | tuple) for arg in operation.args):
            return Number(value)
        return self._expanded(operation, tensor, at, value)

    def _expanded(self, operation: Operation, tensor: Tensor, at: int, value: float) -> Node:
        name = SAME.get(operation.name, operation.name)
        if name in COMPARING | FILLING:
            return Number(value)
        if operation.in_place:
            raise Untraceable(f"{_place(operation)} changes a tensor in place")
        if name in CASTING:
            return self.node(operation.args[0], at)
        if name in MOVING:
            return self._moved(operation, at)
        if name in CHOOSING:
            return self._chosen(operation, at)
        dims: Any = operation.kwargs.get("dim", operation.args[1] if len(operation.args) > 1 else None)
        if name in REDUCING:
            parts = self._reduced(operation.args[0], tensor, dims, at)
            if name in ("max", "min"):  # the one that won
                return Apply("chosen", tuple(part for part in parts if part.value == value)[:1], value, operation.line)
            if name == "sum":  # without what is zero by the code, not by chance
                parts = tuple(part for part in parts if part != Number(0.0)) or parts[:1]
            return Apply(name, parts, value, operation.line)
        if name == "var":
            return self._variance(operation, tensor, dims, at, value)
        if name == "softmax":
            return self._softmax(operation, int(dims), at, value)
        if name in ("matmul", "linear"):
            return self._product(operation, at, value)
        if name == "view_as_real":
            return self._complex(operation.args[0], at // 2)[at % 2]
        return self._elementwise(name, operation, tensor.shape, at, value)

    def _elementwise(self, name: str, operation: Operation, shape: torch.Size, at: int, value: float) -> Node:
        args = operation.args
        if operation.name in REVERSED:
            name, args = REVERSED[operation.name], (args[1], args[0])
        if name == "square":
            return Apply("pow", (self._part(args[0], shape, at), Number(2.0)), value, operation.line)
        if name == "rsqrt":
            root = self._part(args[0], shape, at)
            return Apply("div", (Number(1.0), Apply("sqrt", (root,), root.value**0.5)), value, operation.line)
        if name == "clamp":
            x, low, high = (self._part(arg, shape, at) for arg in args[:3])
            raised = Apply("maximum", (x, low), max(x.value, low.value))
            return Apply("minimum", (raised, high), value, operation.line)
        if name in ("special_entr", "special_xlogy"):  # −x ln x and x ln y, which are 0 for x = 0
            x, y = self._part(args[0], shape, at), self._part(args[-1], shape, at)
            if x.value == 0:
                return Number(0.0)
            product = Apply(
                "mul", (x, Apply("log", (y,), math.log(y.value))), x.value * math.log(y.value), operation.line
            )
            return product if name == "special_xlogy" else Apply("neg", (product,), value)
        if name not in UNARY | BINARY:
            raise Untraceable(f"{_place(operation)}: no rule for {operation.name}")
        parts = tuple(self._part(arg, shape, at) for arg in args[: 1 if name in UNARY else 2])
        return simplified(Apply(name, parts, value, operation.line))

    def _part(self, arg: Any, shape: torch.Size, at: int) -> Node:
        """The number of an argument, perhaps broadcast, that belongs to a place of the result."""
        if not isinstance(arg, Tensor):
            return Number(float(arg))
        return self.node(arg, int(_cells(arg).expand(shape).reshape(-1)[at]))

    def _reduced(self, source: Tensor, result: Tensor, dims: Any, at: int) -> tuple[Node, ...]:
        over = range(source.ndim) if dims is None else [dims] if isinstance(dims, int) else dims
        kept = [1 if dim in {d % source.ndim for d in over} else size for dim, size in enumerate(source.shape)]
        where = _cells(result).reshape(kept).expand(source.shape).reshape(-1)
        return tuple(self.node(source, int(cell)) for cell in (where == at).nonzero()[:, 0])

    def _variance(self, operation: Operation, result: Tensor, dims: Any, at: int, value: float) -> Node:
        if operation.kwargs.get("unbiased", True):
            raise Untraceable(f"{_place(operation)}: no rule for a variance over N − 1")
        parts = self._reduced(operation.args[0], result, dims, at)
        mean = Apply("mean", parts, math.fsum(part.value for part in parts) / len(parts))
        apart = [Apply("sub", (part, mean), part.value - mean.value) for part in parts]
        squares = tuple(Apply("pow", (one, Number(2.0)), one.value**2) for one in apart)
        return Apply("mean", squares, value, operation.line)

    def _softmax(self, operation: Operation, dim: int, at: int, value: float) -> Node:
        source = operation.args[0]
        rows = _cells(source).movedim(dim, -1).reshape(-1, source.shape[dim])
        mates = rows[(rows == at).any(dim=1)][0].tolist()
        powers = {cell: self._power(source, cell) for cell in mates}
        total = Apply("sum", tuple(powers.values()), math.fsum(power.value for power in powers.values()))
        return Apply("div", (powers[at], total), value, operation.line)

    def _power(self, source: Tensor, cell: int) -> Apply:
        exponent = self.node(source, cell)
        return Apply("exp", (exponent,), math.exp(min(exponent.value, 700.0)))

    def _product(self, operation: Operation, at: int, value: float) -> Node:
        """A row times a column; of ``linear``, the weight's row and perhaps a bias."""
        left, right, *bias = operation.args
        linear = operation.name == "linear"
        a, b = _cells(left), _cells(right).mT if linear else _cells(right)
        a, b = a[None] if a.ndim == 1 else a, b[:, None] if b.ndim == 1 else b
        batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])  # torch’s own loads sympy, half a second
        *where, row, column = unravelled(at, (*batch, a.shape[-2], b.shape[-1]))
        firsts = a.expand(*batch, *a.shape[-2:])[tuple(where)][row].tolist()
        seconds = b.expand(*batch, *b.shape[-2:])[tuple(where)][:, column].tolist()
        terms = []
        for first, second in zip(firsts, seconds, strict=True):
            pair = self.node(left, first), self.node(right, second)
            terms.append(simplified(Apply("mul", pair, pair[0].value * pair[1].value)))
        added = self.node(bias[0], column) if bias and bias[0] is not None else Number(0.0)
        product = Apply("sum", tuple(terms), value - added.value, operation.line)
        return simplified(Apply("add", (product, added), value, operation.line))

    def _complex(self, tensor: Tensor, at: int) -> tuple[Node, Node]:
        """The real and the imaginary part of one number: put together of two, or a product."""
        operation = self._recorder.made(tensor)
        name = "" if operation is None else SAME.get(operation.name, operation.name)
        if operation is None or name not in ("complex", "mul"):
            raise Untraceable(f"no rule for the complex numbers of {name}")
        if name == "complex":
            real, imaginary = (self._part(arg, tensor.shape, at) for arg in operation.args)
            return real, imaginary
        first, second = (int(_cells(arg).expand(tensor.shape).reshape(-1)[at]) for arg in operation.args)
        (a, b), (c, d) = self._complex(operation.args[0], first), self._complex(operation.args[1], second)

        def combined(sign: str, pairs: tuple[tuple[Node, Node], ...]) -> Node:
            one, other = (simplified(Apply("mul", pair, pair[0].value * pair[1].value)) for pair in pairs)
            value = one.value + (other.value if sign == "add" else -other.value)
            return simplified(Apply(sign, (one, other), value, operation.line))

        return combined("sub", ((a, c), (b, d))), combined("add", ((a, d), (b, c)))

    def _moved(self, operation: Operation, at: int) -> Node:
        """Runs the move again on numbered cells. Only the first argument's integers are data; others are places."""
        owners: list[tuple[int, Tensor]] = []

        def numbered(arg: Any, data: bool) -> Any:
            if isinstance(arg, list | tuple) and any(isinstance(one, Tensor) for one in arg) and data:
                return type(arg)(numbered(one, data) for one in arg)
            if not isinstance(arg, Tensor) or not (arg.is_floating_point() or data) or arg.dtype == torch.bool:
                return arg
            start = int(FIRST) if not owners else owners[-1][0] + owners[-1][1].numel()
            owners.append((start, arg))
            return _cells(arg).double() + start

        chooses = operation.name in ("where", "embedding")  # their first argument says where, not what
        args = [numbered(arg, place == 0 and not chooses) for place, arg in enumerate(operation.args)]
        moved = operation.function(*args, **operation.kwargs)
        moved = moved[operation.part] if isinstance(moved, tuple | list) else moved
        cell = float(moved.reshape(-1)[at])
        if not cell >= FIRST or math.isinf(cell):
            return Number(cell)
        start, owner = next((start, owner) for start, owner in reversed(owners) if cell >= start)
        return self.node(owner, int(cell) - start)

    def _chosen(self, operation: Operation, at: int) -> Node:
        """The largest few: the places that were chosen are the operation's second output."""
        if operation.part:
            raise Untraceable(f"{_place(operation)} gives places, not numbers")
        source, dim = operation.args[0], operation.kwargs.get("dim", -1)
        chosen = self.node(source, int(_cells(source).gather(dim, operation.outputs[1]).reshape(-1)[at]))
        return Apply("chosen", (chosen,), chosen.value, operation.line)


def unravelled(at: int, shape: tuple[int, ...]) -> Index:
    """A place in a flattened tensor as its index."""
    index = []
    for size in reversed(shape):
        at, place = divmod(at, size)
        index.append(place)
    return tuple(reversed(index))


def _cells(tensor: Tensor) -> Tensor:
    return torch.arange(tensor.numel()).view(tensor.shape)


def _place(operation: Operation) -> str:
    line = operation.line
    return f"{line.path}:{line.number}" if line else operation.name
