"""A test on one measured number, as an entry writes it: ``row_sum_error < 1e-5`` or ``0.9 <= recall <= 1``."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}
_NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
_FORM = re.compile(
    rf"(?:(?P<low>{_NUMBER}) (?P<above><|<=) )?(?P<metric>[a-z][a-z0-9_]*) (?P<sign><|<=|==|>=|>) (?P<bound>{_NUMBER})"
)


@dataclass(frozen=True)
class Condition:
    """``metric`` compared with ``bound``, and with ``low`` on its other side where one is given."""

    metric: str
    sign: str
    bound: float
    above: str = ""
    low: float = 0.0

    @classmethod
    def parse(cls, text: str) -> "Condition":
        """Raises ValueError unless the text reads ``metric < number`` or ``number < metric < number``."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is not of the form 'metric < number' or 'number < metric < number'")
        return cls(
            found["metric"], found["sign"], float(found["bound"]), found["above"] or "", float(found["low"] or 0.0)
        )

    def holds(self, metrics: Mapping[str, float]) -> bool:
        """False for NaN; KeyError if the metric was not measured."""
        value = metrics[self.metric]
        inside = not self.above or _COMPARE[self.above](self.low, value)
        return inside and _COMPARE[self.sign](value, self.bound)

    @property
    def words(self) -> str:
        """The bound as a reader sees it: “below 1e-5”, “between 0.9 and 1”."""
        if self.above:
            return f"between {self.low:g} and {self.bound:g}"
        word = {"<": "below", "<=": "at most", "==": "exactly", ">=": "at least", ">": "above"}[self.sign]
        return f"{word} {self.bound:g}"
