"""Operations that only move numbers: indexing, transposing, stacking, filling in behind a mask.

They are run again on numbered cells: where a cell's own number comes out is where it went. One rule serves all of them.
"""

import math
from typing import Any

import torch
from torch import Tensor

from app.provenance.indices import cells
from app.provenance.record import Operation

FIRST = 2.0**40
"""The number of the first cell that is moved; anything below is a constant of the code. Float64 counts to 2⁵³."""


def came_from(operation: Operation, at: int) -> tuple[Tensor, int] | float:
    """From which argument and which of its places a number was moved; the number itself if it is the code's own.

    Only the first argument's integers are data; others are places.
    """
    owners: list[tuple[int, Tensor]] = []

    def numbered(arg: Any, data: bool) -> Any:
        if isinstance(arg, list | tuple) and any(isinstance(one, Tensor) for one in arg) and data:
            return type(arg)(numbered(one, data) for one in arg)
        if not isinstance(arg, Tensor) or not (arg.is_floating_point() or data) or arg.dtype == torch.bool:
            return arg
        start = int(FIRST) if not owners else owners[-1][0] + owners[-1][1].numel()
        owners.append((start, arg))
        return cells(arg).double() + start

    chooses = operation.name in ("where", "embedding")  # their first argument says where, not what
    args = [numbered(arg, place == 0 and not chooses) for place, arg in enumerate(operation.args)]
    moved = operation.function(*args, **operation.kwargs)
    moved = moved[operation.part] if isinstance(moved, tuple | list) else moved
    cell = float(moved.reshape(-1)[at])
    if not cell >= FIRST or math.isinf(cell):
        return cell
    start, owner = next((start, owner) for start, owner in reversed(owners) if cell >= start)
    return owner, int(cell) - start
