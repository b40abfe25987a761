"""What the pages on the model's parts ask it: facts stated in the text, and facts that only training stated."""

from app.experiments.memo import memo
from models.data.fact_prompts import Prompts, stated, stored

PROMPTS = 64


@memo
def prompts(seed: int) -> tuple[Prompts, Prompts]:
    """``PROMPTS`` of each kind, drawn from ``seed``."""
    return stated(PROMPTS, seed), stored(PROMPTS, seed)
