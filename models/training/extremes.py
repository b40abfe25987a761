"""The lowest and the highest of several trainings, as cards list them."""

from collections.abc import Callable, Mapping, Sequence

EXTREMES: Mapping[str, Callable[[Sequence[float]], float]] = {"lowest": min, "highest": max}


def extremes(found: Mapping[str, Sequence[float]], called: str = "{which}_{name}") -> dict[str, float]:
    """Both for each metric; ``called`` makes the name on the card of “lowest” or “highest” and the metric's own."""
    both = ((which, name) for name in found for which in EXTREMES)
    return {called.format(which=which, name=name): EXTREMES[which](found[name]) for which, name in both}
