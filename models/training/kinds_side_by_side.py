"""Several kinds of a model in one checkpoint, some trainings of each, all trained side by side."""

from torch import Tensor

from models.training.side_by_side import SideBySide


def halves(together: SideBySide, kinds: int, trainings: int) -> dict[str, Tensor]:
    """Every weight as (K, N, …) in half precision: kinds, trainings. ``cells.one_of`` reads one of them back."""
    stacked = zip(together.names, together.stacked, strict=True)
    return {name: weight.detach().half().unflatten(0, (kinds, trainings)) for name, weight in stacked}
