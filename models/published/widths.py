"""A published decoder of the GPT kind at another width, all else as it is: what only the width costs.

Symbols as in ``models/published/configs.py``.
"""

from dataclasses import replace

from models.published.configs import ModelConfig


def at_width(c: ModelConfig, width: int) -> ModelConfig:
    """D = ``width``: as many heads of width D/H, and the MLP in proportion.

    Raises:
        ValueError: if the heads do not divide the width, or share keys, or the MLP is no multiple of the width.
    """
    if c.kv_heads != c.heads or width % c.heads or c.hidden % c.width:
        raise ValueError(f"width: {c.name} has {c.heads} heads, which do not divide {width} alike")
    return replace(c, width=width, head_width=width // c.heads, hidden=c.hidden // c.width * width)
