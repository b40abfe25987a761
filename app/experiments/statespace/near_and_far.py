"""Facts near and far: what a reader sees for the numbers that the pages of RWKV and RetNet share."""

from collections.abc import Mapping

from models.training.fading_memories import FAR, NEAR

LABELS: Mapping[str, str] = {
    "near_accuracy": f"right answers, facts fewer than {NEAR} tokens back, share",
    "far_accuracy": f"right answers, facts at least {FAR} tokens back, share",
    "largest_difference": "largest difference of a form from the parallel one",
}
