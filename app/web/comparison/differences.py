"""What two runs measured, told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.number_format import number
from glossary.shared_measures import SharedMeasure

NOISE = 1e-4
"""Two values below this are both rounding; the ratio to one below it says nothing."""

FOLD = 2.0
"""From this ratio on, a change is told as a ratio."""

Kind = Literal["same", "noise", "fold", "step", "only left", "only right"]


@dataclass(frozen=True)
class Difference:
    """One metric on both sides; NaN on a side that does not measure it."""

    metric: str
    left: float
    right: float
    kind: Kind

    @property
    def ratio(self) -> float:
        """The larger over the smaller."""
        sizes = sorted((abs(self.left), abs(self.right)))
        return sizes[1] / sizes[0] if sizes[0] else float("inf")

    @property
    def grows(self) -> bool:
        return self.right > self.left

    @property
    def changes(self) -> bool:
        return self.kind in ("fold", "step")

    @property
    def words(self) -> str:
        """As the table writes it: “× 39.2”, “+ 2”, “0”."""
        match self.kind:
            case "fold":
                return f"{'×' if abs(self.right) > abs(self.left) else '÷'} {rounded(self.ratio)}"
            case "step":
                return f"{'+' if self.grows else '−'} {rounded(abs(self.right - self.left), 4)}"
            case "same":
                return "0"
            case "noise":
                return "both below 1e−4"
            case side:
                return side


def rounded(value: float, digits: int = 3) -> str:
    return number(float(f"{value:.{digits}g}"))


def differences(left: Mapping[str, float], right: Mapping[str, float]) -> list[Difference]:
    """What both measure and differs first, then what is the same, then what one side alone measures."""
    nan = float("nan")
    both = [Difference(name, left[name], right[name], _kind(left[name], right[name])) for name in left if name in right]
    return [
        *(one for one in both if one.changes),
        *(one for one in both if not one.changes),
        *(Difference(name, left[name], nan, "only left") for name in left if name not in right),
        *(Difference(name, nan, right[name], "only right") for name in right if name not in left),
    ]


def side_by_side(
    metrics: Sequence[Mapping[str, float]], measures: Sequence[SharedMeasure], entries: Sequence[str]
) -> tuple[list[dict[str, float]], dict[str, str]]:
    """Both runs' metrics with shared measures under one name, the measure's place in the list, and what it says."""
    found, labels = [dict(side) for side in metrics], {}
    for place, measure in enumerate(measures):
        names = [measure.of[entry].metric for entry in entries]
        if all(name in side for name, side in zip(names, found, strict=True)):
            labels[f"shared_{place}"] = measure.says
            for side, name in zip(found, names, strict=True):
                side[f"shared_{place}"] = side.pop(name)
    return found, labels


def _kind(left: float, right: float) -> Kind:
    least, most = sorted((abs(left), abs(right)))
    if left == right or abs(left - right) <= 1e-6 * most or (left != left and right != right):
        return "same"
    if least > 0 and most < NOISE:
        return "noise"
    few = most < 100 and left.is_integer() and right.is_integer()
    told_by_ratio = not few and left * right > 0 and least >= NOISE and most < float("inf") and most / least >= FOLD
    return "fold" if told_by_ratio else "step"


def telling(found: Sequence[Difference], first: Sequence[str], most: int = 2) -> list[Difference]:
    """The changes that a sentence should name: of the metrics ``first``, then of all, the largest ratios.

    Of several with the same ratio, which say the same thing twice, only one.
    """
    changed = sorted((one for one in found if one.changes), key=lambda one: (one.metric not in first, -one.ratio))
    by_ratio = {rounded(one.ratio): one for one in reversed(changed)}
    return [one for one in changed if by_ratio[rounded(one.ratio)] is one][:most]
