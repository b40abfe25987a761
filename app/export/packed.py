"""Arrays in JSON as Plotly writes them: ``{dtype, bdata, shape}`` in base 64; ``assets/js/arrays.js`` unpacks them."""

import base64

import numpy as np
from torch import Tensor

from app.experiments.base import Machine

KINDS = {
    np.dtype(name): kind
    for name, kind in (
        ("float32", "f4"), ("float64", "f8"), ("int8", "i1"), ("uint8", "u1"), ("int16", "i2"), ("uint16", "u2"),
        ("int32", "i4"), ("uint32", "u4"),
    )
}  # fmt: skip


def sent(machine: Machine) -> dict[str, object]:
    """What the browser is given to step: the machine’s name and its numbers."""
    return {"name": machine.name, "numbers": packed(dict(machine.numbers))}


def packed(value: object) -> object:
    """The same structure with every array and tensor packed; int64 in 32 bits, truth values as 0 and 1.

    Raises:
        ValueError: for an array of another kind, or whole numbers that 32 bits do not hold.
    """
    if isinstance(value, Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, dict):
        return {key: packed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [packed(item) for item in value]
    return value


def _array(array: np.ndarray) -> dict[str, str]:
    if array.dtype == bool:
        array = array.astype(np.uint8)
    if array.dtype == np.int64:
        narrow = array.astype(np.int32)
        if not np.array_equal(narrow, array):
            raise ValueError("whole numbers of an array must fit into 32 bits")
        array = narrow
    if array.dtype not in KINDS:
        raise ValueError(f"an array of {array.dtype} cannot be sent; it takes {', '.join(map(str, KINDS))}")
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
    return {"dtype": KINDS[array.dtype], "bdata": data, "shape": ", ".join(map(str, array.shape))}
