"""One number of a tensor as a formula over single numbers of a function's arguments."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from app.provenance.formula import Apply, Leaf, Node, Number, simplified
from app.provenance.indexing import came_from
from app.provenance.indices import cells, unravelled
from app.provenance.operations import (
    BINARY,
    CASTING,
    CHOOSING,
    COMPARING,
    FILLING,
    MOVING,
    REDUCING,
    REVERSED,
    SAME,
    UNARY,
)
from app.provenance.record import Operation, Recorder


class Untraceable(Exception):
    """An operation for which there is no rule; the message names it and its line."""


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
            found = came_from(operation, at)
            return Number(found) if isinstance(found, float) else self.node(*found)
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
        if name == "logaddexp":  # ln(eˣ + eʸ)
            parts = [self._part(arg, shape, at) for arg in args[:2]]
            powers = tuple(Apply("exp", (part,), math.exp(min(part.value, 700.0))) for part in parts)
            return Apply("log", (Apply("add", powers, sum(power.value for power in powers)),), value, operation.line)
        if name == "clamp":
            return self._clamped(operation, shape, at, value)
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
        operands = tuple(self._part(arg, shape, at) for arg in args[: 1 if name in UNARY else 2])
        return simplified(Apply(name, operands, value, operation.line))

    def _clamped(self, operation: Operation, shape: torch.Size, at: int, value: float) -> Node:
        """min(max(x, low), high); where there is one bound only and it changes nothing, x itself."""
        x, low, high = (*operation.args, None, None)[:3]
        low, high = operation.kwargs.get("min", low), operation.kwargs.get("max", high)
        node = self._part(x, shape, at)
        if (low is None or high is None) and node.value == value:
            return node
        if low is not None:
            bound = self._part(low, shape, at)
            node = Apply("maximum", (node, bound), max(node.value, bound.value), operation.line)
        return node if high is None else Apply("minimum", (node, self._part(high, shape, at)), value, operation.line)

    def _part(self, arg: Any, shape: torch.Size, at: int) -> Node:
        """The number of an argument, perhaps broadcast, that belongs to a place of the result."""
        if not isinstance(arg, Tensor):
            return Number(float(arg))
        return self.node(arg, int(cells(arg).expand(shape).reshape(-1)[at]))

    def _reduced(self, source: Tensor, result: Tensor, dims: Any, at: int) -> tuple[Node, ...]:
        over = range(source.ndim) if dims is None else [dims] if isinstance(dims, int) else dims
        kept = [1 if dim in {d % source.ndim for d in over} else size for dim, size in enumerate(source.shape)]
        where = cells(result).reshape(kept).expand(source.shape).reshape(-1)
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
        rows = cells(source).movedim(dim, -1).reshape(-1, source.shape[dim])
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
        a, b = cells(left), cells(right).mT if linear else cells(right)
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
        first, second = (int(cells(arg).expand(tensor.shape).reshape(-1)[at]) for arg in operation.args)
        (a, b), (c, d) = self._complex(operation.args[0], first), self._complex(operation.args[1], second)

        def combined(sign: str, pairs: tuple[tuple[Node, Node], ...]) -> Node:
            one, other = (simplified(Apply("mul", pair, pair[0].value * pair[1].value)) for pair in pairs)
            value = one.value + (other.value if sign == "add" else -other.value)
            return simplified(Apply(sign, (one, other), value, operation.line))

        return combined("sub", ((a, c), (b, d))), combined("add", ((a, d), (b, c)))

    def _chosen(self, operation: Operation, at: int) -> Node:
        """The largest few: the places that were chosen are the operation's second output."""
        if operation.part:
            raise Untraceable(f"{_place(operation)} gives places, not numbers")
        source, dim = operation.args[0], operation.kwargs.get("dim", -1)
        chosen = self.node(source, int(cells(source).gather(dim, operation.outputs[1]).reshape(-1)[at]))
        return Apply("chosen", (chosen,), chosen.value, operation.line)


def _place(operation: Operation) -> str:
    line = operation.line
    return f"{line.path}:{line.number}" if line else operation.name
