"""Which stops and which samples the figures show."""

import numpy as np

COLUMNS = 10
LARGEST_FRAMES = 21
ROWS = ("noised", "sampled", "predicted")
SHOWN_DIGIT = 3
SHOWN_STOPS = 8


def spaced(stops: int, most: int) -> list[int]:
    """At most that many stops, even along the way, with both ends."""
    return sorted({round(place) for place in np.linspace(0, stops - 1, min(stops, most))})
