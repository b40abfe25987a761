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
    """“[0, 3, 7, 0…7]”: the index of one number, or the range of each place over several."""
    if not indices or not indices[0]:
        return ""
    lows, highs = map(min, zip(*indices)), map(max, zip(*indices))
    return f"[{', '.join(str(low) if low == high else f'{low}…{high}' for low, high in zip(lows, highs))}]"
