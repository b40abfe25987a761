"""Places in a tensor: as one number, as an index, as a range of indices."""

import torch
from torch import Tensor

Index = tuple[int, ...]


def cells(tensor: Tensor) -> Tensor:
    """The tensor's shape, each place holding its number in the flattened tensor."""
    return torch.arange(tensor.numel()).view(tensor.shape)


def unravelled(at: int, shape: tuple[int, ...]) -> Index:
    """A place in a flattened tensor as its index."""
    index = []
    for size in reversed(shape):
        at, place = divmod(at, size)
        index.append(place)
    return tuple(reversed(index))


def ravelled(index: Index, shape: tuple[int, ...]) -> int:
    """And back."""
    at = 0
    for place, size in zip(index, shape):
        at = at * size + place
    return at


def span(indices: list[Index]) -> str:
    """“[0, 3, 7, 0…7]”: the index of one number, or the places of several, “{0, 6}” where they leave others out."""
    if not indices or not indices[0]:
        return ""
    return f"[{', '.join(_places(sorted(set(axis))) for axis in zip(*indices))}]"


def _places(axis: list[int]) -> str:
    low, high = axis[0], axis[-1]
    if low == high:
        return str(low)
    return f"{low}…{high}" if high - low + 1 == len(axis) else f"{{{', '.join(map(str, axis))}}}"
