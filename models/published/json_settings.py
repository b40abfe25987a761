"""What a pasted config.json says: whole numbers and switches, the field named that is wrong.

Shared by the kinds of models that are counted, ``hub_settings.py`` and ``vit_settings.py``.
"""

import json
from collections.abc import Mapping
from typing import Any

MOST = 10_000_000
"""No size of a model is larger."""

Settings = Mapping[str, Any]


def settings_of(text: str) -> Settings:
    """The settings that stand in a text; ValueError says where it is no JSON object."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"takes the text of a config.json; at character {error.pos}: {error.msg}") from None
    except (RecursionError, ValueError):  # brackets without end, or thousands of digits
        raise ValueError(
            "takes the text of a config.json; this one is nested too deeply or has too long a number"
        ) from None
    if not isinstance(found, dict):
        raise ValueError("takes the text of a config.json: names and values in braces")
    return found


def size(settings: Settings, name: str, default: int | None = None) -> int:
    """A whole number from 1 up, or the default where the file has none or null; ValueError names the field."""
    value = settings.get(name)
    value = default if value is None else value
    if value is None:
        raise ValueError(f"{name}: is missing; it takes a whole number")
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST:
        raise ValueError(f"{name}: takes a whole number from 1 to {MOST}; here it is {str(value)[:30]!r}")
    return value


def switch(settings: Settings, name: str, default: bool) -> bool:
    """True or false, or the default where the file has none or null; ValueError names the field."""
    value = settings.get(name)
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"{name}: takes true or false; here it is {str(value)[:30]!r}")
    return default if value is None else value


def whole_share(width: int, heads: int) -> int:
    """The width of a head, where heads divide the width."""
    if width % heads:
        raise ValueError(
            f"hidden_size: takes a multiple of {heads} heads where head_dim is missing; here it is {width}"
        )
    return width // heads
