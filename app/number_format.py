"""How a metric is written for a reader: its name with the unit, its value with a sensible number of digits."""

import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal

UNITS = {
    "nats": "nats", "bits": "bits", "bytes": "bytes", "tokens": "tokens", "pairs": "pairs", "steps": "steps",
    "milliseconds": "ms", "seconds": "s", "radians": "rad", "turns": "turns", "percent": "%", "positions": "positions",
    "flops": "FLOPs", "experts": "experts", "parameters": "parameters", "heads": "heads",
}  # fmt: skip

NO_LABELS: Mapping[str, str] = {}

_FOUR_DIGITS = Context(prec=4, rounding=ROUND_HALF_UP)
_WHOLE, _LEAST, _MOST = 1e4, Decimal("0.001"), 1e15
_FIELD = re.compile(r"\{(?P<metric>[a-z][a-z0-9_]*)(?P<percent>:%)?\}")


def label(metric: str, labels: Mapping[str, str] = NO_LABELS) -> str:
    """``mean_entropy_nats`` → “Mean entropy, nats”, unless an experiment's ``labels`` have words for it."""
    words, unit = parted(metric, labels)
    return begun(words) + (f", {unit}" if unit else "")


def begun(words: str) -> str:
    """With a capital letter, as a line begins; a Greek letter is a symbol and stays: “σ of the noise”."""
    return words[:1].upper() + words[1:] if words[:1].isascii() else words


def parted(metric: str, labels: Mapping[str, str] = NO_LABELS) -> tuple[str, str]:
    """``mean_entropy_nats`` → “mean entropy” and “nats”; the unit is empty where the name has none."""
    if metric in labels:
        words, comma, unit = labels[metric].rpartition(", ")
        return (words, unit) if comma else (unit, "")
    *rest, last = metric.split("_")
    if last in UNITS and rest:
        return " ".join(rest), UNITS[last]
    return " ".join((*rest, last)), ""


def number(value: float) -> str:
    """Four significant digits, thousands apart, a true minus: ``1.669e−6``, ``35 333``.

    ``assets/js/scale.js`` writes numbers by the same rules, which a test holds against each other.
    """
    if math.isnan(value):
        return "not a number"
    sign = "−" if value < 0 else ""
    return sign + ("∞" if math.isinf(value) else _positive(abs(float(value))))


def _positive(size: float) -> str:
    if size < _MOST and (size == int(size) or size >= _WHOLE):
        return _grouped(int(Decimal(size).to_integral_value(ROUND_HALF_UP)))
    rounded = _FOUR_DIGITS.create_decimal(size).normalize()
    if _LEAST <= rounded < _MOST:
        return _grouped(int(rounded)) if rounded >= 1000 else f"{rounded:f}"
    mantissa, exponent = f"{rounded:e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")


def _grouped(whole: int) -> str:
    return f"{whole:,}".replace(",", " ")


def filled(sentence: str, metrics: Mapping[str, float]) -> str:
    """The sentence with ``{metric}`` and ``{metric:%}`` as measured, to three digits: “loss 2.31”, “75 %”.

    KeyError if one is not.
    """
    return _FIELD.sub(lambda field: _measured(field, metrics), sentence)


def _measured(field: re.Match[str], metrics: Mapping[str, float]) -> str:
    value = metrics[field["metric"]]
    if not field["percent"]:
        return _spoken(value)
    return number(value) if not math.isfinite(value) else f"{number(float(f'{100 * value:.3g}'))} %"


def _spoken(value: float) -> str:
    """For a sentence: whole numbers in full, others to three digits, tiny ones to one and without an exponent."""
    if not math.isfinite(value) or value == int(value):
        return number(value)
    if 1e-9 <= abs(value) < _LEAST:
        return f"{Decimal(f'{value:.1g}'):f}".replace("-", "−")
    return number(float(f"{value:.3g}"))


def small(value: float) -> str:
    """An error, for a sentence: two digits, and no exponent where it is tiny."""
    return f"{value:.2g}" if value >= 1e-4 else "less than 0.0001"


def asked_for(sentence: str) -> set[str]:
    """The metrics that a sentence has a place for."""
    return {field["metric"] for field in _FIELD.finditer(sentence)}
