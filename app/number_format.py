"""How a metric is written for a reader: its name with the unit, its value with a sensible number of digits."""

import math

UNITS = {
    "nats": "nats", "bits": "bits", "bytes": "bytes", "tokens": "tokens", "pairs": "pairs", "steps": "steps",
    "milliseconds": "ms", "seconds": "s", "radians": "rad", "turns": "turns", "percent": "%", "positions": "positions",
    "flops": "FLOPs", "experts": "experts", "parameters": "parameters", "heads": "heads",
}  # fmt: skip


def label(metric: str) -> str:
    """``mean_entropy_nats`` → “Mean entropy, nats”."""
    words, unit = parted(metric)
    return f"{words.capitalize()}, {unit}" if unit else words.capitalize()


def parted(metric: str) -> tuple[str, str]:
    """``mean_entropy_nats`` → “mean entropy” and “nats”; the unit is empty where the name has none."""
    *rest, last = metric.split("_")
    if last in UNITS and rest:
        return " ".join(rest), UNITS[last]
    return " ".join((*rest, last)), ""


def number(value: float) -> str:
    """Four significant digits, thousands apart, a true minus: ``1.669e−6``, ``35 333``."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e15:
        text = f"{int(value):,}".replace(",", " ")
    elif 1e-3 <= abs(value) < 1e4:
        text = f"{value:.4g}"
    elif abs(value) < 1e9 and abs(value) >= 1e4:
        text = f"{value:,.0f}".replace(",", " ")
    else:
        mantissa, exponent = f"{value:.3e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")
